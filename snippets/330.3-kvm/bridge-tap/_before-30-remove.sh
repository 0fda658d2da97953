#!/bin/bash
# Until QEMU has gone and let the tap device go.
set -euo pipefail
for _ in $(seq 100); do
    pgrep --exact qemu-system-x86 > /dev/null || exit $(($? - 1))
    sleep 0.1
done
echo "QEMU is still there" >&2
exit 1
