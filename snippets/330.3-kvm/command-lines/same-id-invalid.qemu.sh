qemu-system-x86_64 -accel kvm -m 1G \
    -drive file=web01.qcow2,format=qcow2,if=virtio,id=disk0 \
    -drive file=data.qcow2,format=qcow2,if=virtio,id=disk0
