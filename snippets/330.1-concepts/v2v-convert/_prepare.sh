#!/bin/bash
# A VMDK as another hypervisor would leave it, and a small "physical" disk.
set -euo pipefail
cd /home/student
truncate -s 64M sda
printf 'boot sector of the old machine' | dd of=sda conv=notrunc status=none
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized sda web01.vmdk
chown student:student sda web01.vmdk
