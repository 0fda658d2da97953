qemu-system-x86_64 \
    -machine q35 -accel kvm -m 1G \
    -blockdev driver=file,node-name=file0,filename=web01.qcow2,cache.direct=on,aio=native \
    -blockdev driver=qcow2,node-name=disk0,file=file0,discard=unmap \
    -device virtio-blk-pci,drive=disk0,bootindex=1
