#!/bin/bash
# Wait, within limits, until web02 is gone.
for _ in $(seq 300); do
    ! xl domid web02 2> /dev/null && exit
    sleep 0.2
done
exit 1
