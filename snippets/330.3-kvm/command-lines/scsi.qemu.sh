qemu-system-x86_64 \
    -machine q35 -accel kvm -m 1G \
    -device virtio-scsi-pci,id=scsi0 \
    -drive file=web01.qcow2,format=qcow2,if=none,id=disk0,cache=none,discard=unmap \
    -device scsi-hd,bus=scsi0.0,drive=disk0,rotation_rate=1
