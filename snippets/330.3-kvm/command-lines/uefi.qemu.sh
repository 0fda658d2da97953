cp /usr/share/OVMF/OVMF_VARS_4M.fd web01_VARS.fd
qemu-system-x86_64 \
    -machine q35 -accel kvm -m 2G \
    -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
    -drive if=pflash,format=raw,file=web01_VARS.fd \
    -drive file=web01.qcow2,format=qcow2,if=virtio
