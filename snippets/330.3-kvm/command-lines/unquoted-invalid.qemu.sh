disk="my server.qcow2"
qemu-system-x86_64 -accel kvm -m 1G -drive file=$disk,format=qcow2
