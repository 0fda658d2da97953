#!/bin/bash
# Wait, within limits, until the guest has mounted its disk.
for _ in $(seq 300); do
    grep -aqs "/dev/xvda1 /mnt ext4" /var/log/xen/console/guest-web01.log && exit
    sleep 0.2
done
exit 1
