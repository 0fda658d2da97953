#!/bin/bash
# /etc/libvirt/hooks/qemu: called with guest, operation, sub-operation, extra; the domain XML is on standard input.
set -eu
guest=$1 operation=$2 sub=$3
echo "qemu $guest $operation $sub" >> /var/log/libvirt/hook.log

if [ "$operation" = prepare ] && grep -q ">4194304</memory>"; then
    echo "$guest: 4 GiB and more only on kvm2" >&2
    exit 1
fi
