qemu-system-x86_64 \
    -machine q35 -accel kvm -smp 2 -m 1G \
    -object memory-backend-memfd,id=ram0,size=1G,share=on \
    -numa node,memdev=ram0 \
    -drive file=web01.qcow2,format=qcow2,if=virtio
