qemu-system-x86_64 -accel kvm -m 1G -smp 6,sockets=1,cores=2,threads=2
