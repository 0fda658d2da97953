#!/bin/bash
# Images as a crash may leave them: a cluster that nobody points to, a used one that is counted as free,
# and one that QEMU itself has marked (bit 1 of the incompatible features).
set -euo pipefail
cd /home/student
for name in leaky broken marked; do
    qemu-img create -q -f qcow2 "$name.qcow2" 64M
    qemu-io -c 'write -q -P 7 0 1M' "$name.qcow2"
done
head -c 8 /dev/zero | dd of=leaky.qcow2 bs=1 seek=$((0x40000)) conv=notrunc status=none
head -c 2 /dev/zero | dd of=broken.qcow2 bs=1 seek=$((0x20000 + 10)) conv=notrunc status=none
printf '\002' | dd of=marked.qcow2 bs=1 seek=79 conv=notrunc status=none
chown student:student ./*.qcow2
