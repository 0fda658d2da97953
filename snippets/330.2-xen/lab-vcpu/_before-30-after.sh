#!/bin/bash
# Wait, within limits, until the guest is where the session starts.
for _ in $(seq 300); do
    xl vcpu-list web01 | grep -q -- "--p" && exit
    sleep 0.2
done
exit 1
