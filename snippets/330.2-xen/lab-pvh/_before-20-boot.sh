#!/bin/bash
# Wait, within limits, until the guest is where the session starts.
for _ in $(seq 280); do
    grep -qs "db01 is ready" /var/log/xen/console/guest-db01.log && exit
    sleep 0.2
done
exit 1
