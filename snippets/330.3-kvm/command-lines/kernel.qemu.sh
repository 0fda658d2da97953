qemu-system-x86_64 \
    -machine q35 -accel kvm -m 1G \
    -kernel vmlinuz -initrd initrd.img \
    -append "root=/dev/vda1 ro console=ttyS0" \
    -drive file=web01.raw,format=raw,if=virtio \
    -nographic
