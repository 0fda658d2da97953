qemu-system-x86_64 -accel kvm -m 1G -hda web01.qcow2
