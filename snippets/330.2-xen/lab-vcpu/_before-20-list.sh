#!/bin/bash
# Wait, within limits, until the guest is where the session starts.
for _ in $(seq 300); do
    grep -qs "web01 is ready" /var/log/xen/console/guest-web01.log && exit
    sleep 0.2
done
exit 1
