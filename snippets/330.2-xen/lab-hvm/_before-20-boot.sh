#!/bin/bash
# Wait, within limits, until the guest is where the session starts.
for _ in $(seq 300); do
    grep -qs sector /var/log/xen/hvm01-serial.log && exit
    sleep 0.2
done
exit 1
