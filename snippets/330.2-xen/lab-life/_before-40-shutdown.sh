#!/bin/bash
# Wait, within limits, until the guest is where the session starts.
for _ in $(seq 400); do
    [ "$(xl domid web01 2>/dev/null)" = 2 ] && [ "$(grep -c "is ready" /var/log/xen/console/guest-web01.log)" -ge 2 ] && exit
    sleep 0.2
done
exit 1
