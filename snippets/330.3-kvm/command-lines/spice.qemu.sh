qemu-system-x86_64 \
    -machine q35 -accel kvm -m 2G \
    -drive file=web01.qcow2,format=qcow2,if=virtio,snapshot=on \
    -vga qxl \
    -spice port=5901,addr=127.0.0.1,disable-ticketing=on \
    -device virtio-serial-pci \
    -chardev spicevmc,id=agent0,name=vdagent \
    -device virtserialport,chardev=agent0,name=com.redhat.spice.0
