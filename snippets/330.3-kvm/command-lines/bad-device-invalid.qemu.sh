qemu-system-x86_64 -accel kvm -m 1G \
    -netdev user,id=net0 \
    -device virtio-nic-pci,netdev=net0
