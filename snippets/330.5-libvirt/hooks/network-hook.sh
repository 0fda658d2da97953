#!/bin/bash
# /etc/libvirt/hooks/network: called with network, operation, sub-operation, extra; XML on standard input.
set -eu
echo "network $1 $2 $3" >> /var/log/libvirt/hook.log
