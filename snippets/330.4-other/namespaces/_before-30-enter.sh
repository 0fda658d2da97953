#!/bin/bash
# Until the process in its own namespaces has got to its sleep.
set -euo pipefail
for _ in $(seq 100); do
    if pgrep --exact sleep > /dev/null; then exit 0; fi
    sleep 0.1
done
exit 1
