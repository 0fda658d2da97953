#!/bin/bash
# Wait, within limits, until the guest answers on its new host.
for _ in $(seq 300); do
    ping -q -c 1 -W 1 192.0.2.11 > /dev/null && exit
    sleep 0.2
done
exit 1
