qemu-system-x86_64 \
    -machine q35 -accel kvm -cpu host -m 2G \
    -smp 8,sockets=1,cores=4,threads=2 \
    -drive file=web01.qcow2,format=qcow2,if=virtio \
    -device virtio-balloon-pci \
    -device virtio-rng-pci \
    -device qemu-xhci -device usb-tablet \
    -device virtio-serial-pci \
    -chardev socket,id=qga0,path=qga.sock,server=on,wait=off \
    -device virtserialport,chardev=qga0,name=org.qemu.guest_agent.0
