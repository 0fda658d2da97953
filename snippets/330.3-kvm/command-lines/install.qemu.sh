qemu-img create -f qcow2 web01.qcow2 20G
qemu-system-x86_64 \
    -machine q35 -accel kvm -cpu host -smp 2 -m 2G \
    -drive file=web01.qcow2,format=qcow2,if=virtio \
    -cdrom installer.iso -boot once=d \
    -nic user,model=virtio-net-pci \
    -vnc 127.0.0.1:1
