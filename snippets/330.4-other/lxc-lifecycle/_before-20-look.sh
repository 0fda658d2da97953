#!/bin/bash
# Until the container has its address and its login processes.
set -euo pipefail
for _ in $(seq 150); do
    if [ -n "$(lxc-info -n ct1 -iH)" ] && lxc-attach -n ct1 -- ps | grep -q getty; then exit 0; fi
    sleep 0.2
done
echo "ct1 got no address" >&2
exit 1
