#!/bin/bash
# mmdebstrap runs it when its tree ($1) holds Debian's essential packages and no more; guestfs.sh makes a guest of that.
tar -C "$1" --one-file-system --exclude=./dev/\* --exclude='./var/*/apt/*' --exclude=./etc/resolv.conf \
    --exclude=./guest.tar -cf "$1/guest.tar" .
