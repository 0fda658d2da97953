#!/bin/bash
# An iSCSI target with one LUN on this host, and the initiator's daemon.
set -e
iscsid
tgtd
truncate -s 64M /srv/lun1.img
for _ in $(seq 50); do tgtadm --lld iscsi --op show --mode sys > /dev/null 2>&1 && break; sleep 0.1; done
tgtadm --lld iscsi --op new --mode target --tid 1 -T iqn.2026-11.org.example:disks
tgtadm --lld iscsi --op new --mode logicalunit --tid 1 --lun 1 -b /srv/lun1.img
tgtadm --lld iscsi --op bind --mode target --tid 1 -I ALL
