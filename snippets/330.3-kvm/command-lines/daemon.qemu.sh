qemu-system-x86_64 \
    -name db01 -machine q35 -accel kvm -cpu host -smp 2 -m 2G \
    -drive file=db01.qcow2,format=qcow2,if=virtio \
    -nic user,model=virtio-net-pci \
    -display none \
    -serial file:db01-serial.log \
    -monitor unix:db01.mon,server=on,wait=off \
    -qmp unix:db01.qmp,server=on,wait=off \
    -pidfile db01.pid -daemonize
