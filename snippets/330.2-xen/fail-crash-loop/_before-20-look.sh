#!/bin/bash
# Wait, within limits, until the host is where the session starts.
for _ in $(seq 300); do
    grep -q 'domid 2' /var/log/xen/xl-db01.log && xl pause db01 && exit
    sleep 0.2
done
exit 1
