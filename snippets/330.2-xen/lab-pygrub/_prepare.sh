#!/bin/bash
set -e
lvcreate -qy -L 20M -n db01-root vg0
mkdir -p /tmp/root/boot/grub
cp /boot/vmlinuz /srv/guest/initrd.img /tmp/root/boot/
cp /root/grub.grub /tmp/root/boot/grub/grub.cfg
mke2fs -q -t ext4 -O ^has_journal -d /tmp/root /dev/vg0/db01-root
rm -r /tmp/root
