#!/bin/bash
# Wait, within limits, until the guest has given all it can: the size stays the same for some seconds.
same=0
for _ in $(seq 300); do
    now=$(xl list web01 | awk 'END { print $3 }')
    [ "$now" = "$last" ] && same=$((same + 1)) || same=0
    [ "$now" -lt 90 ] && [ "$same" -ge 20 ] && exit
    last=$now
    sleep 0.2
done
exit 1
