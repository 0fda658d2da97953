qemu-system-x86_64 \
    -name web01 \
    -machine q35 -accel kvm -cpu host -smp 2 -m 2G \
    -drive file=web01.qcow2,format=qcow2,if=virtio \
    -nic user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:2222-:22 \
    -nographic
