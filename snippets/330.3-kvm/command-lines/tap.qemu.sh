qemu-system-x86_64 \
    -machine q35 -accel kvm -m 1G \
    -drive file=web01.qcow2,format=qcow2,if=virtio \
    -netdev tap,id=net0,ifname=tap0,script=no,downscript=no \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:12:34:56
