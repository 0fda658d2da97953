#!/bin/bash
# Wait, within limits, until the guest has ended.
for _ in $(seq 200); do
    virsh domstate web01 | grep -q 'shut off' && exit
    sleep 0.3
done
exit 1
