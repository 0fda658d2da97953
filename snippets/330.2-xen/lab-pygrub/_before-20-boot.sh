#!/bin/bash
# Wait, within limits, until the host is where the session starts.
for _ in $(seq 300); do
    grep -aqs "db01 is ready" /var/log/xen/console/guest-db01.log && exit
    sleep 0.2
done
exit 1
