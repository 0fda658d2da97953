#!/bin/bash
# A VMDK as another hypervisor would leave it, and a small "physical" disk.
set -euo pipefail
cd /home/student
truncate -s 64M sda
printf 'boot sector of the old machine' | dd of=sda conv=notrunc status=none
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized sda web01.vmdk
chown student:student sda web01.vmdk
# The description that VMware keeps beside the disk.
cat >web01.vmx <<'VMX'
config.version = "8"
virtualHW.version = "14"
displayName = "web01"
guestOS = "debian11-64"
memsize = "2048"
numvcpus = "2"
firmware = "efi"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web01.vmdk"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet3"
ethernet0.networkName = "VM Network"
ethernet0.addressType = "generated"
ethernet0.generatedAddress = "00:0c:29:c0:00:02"
VMX
chown student:student web01.vmx
