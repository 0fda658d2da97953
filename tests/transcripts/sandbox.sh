#!/bin/bash
# First process of a sandbox: private mount, network, PID, UTS and IPC namespaces are already made.
# Usage: sandbox.sh HOST STAGE   (STAGE holds the case's shown files)
# The machine's own tree becomes read-only; what a session may write is one tmpfs of 2 GB.
set -euo pipefail
host=$1 stage=$2
space=/mnt
mount -t tmpfs -o size=2G,mode=755 tmpfs "$space"
mkdir -p "$space"/{root,home/student,tmp,run,var,dev,etc,opt,srv}
chmod 1777 "$space/tmp"
cp -r "$stage/." "$space/root/"
cp -r "$stage/." "$space/home/student/"

# A writable copy of /etc, the user `student`, the host's name. An ordinary user can't read all of /etc.
cp -a /etc/. "$space/etc/" 2> /dev/null || true
echo "$host" > "$space/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$host" > "$space/etc/hosts"
sed -i '/^[^:]*:[^:]*:1000:/d' "$space/etc/passwd" "$space/etc/group"
echo 'student:x:1000:1000:Student:/home/student:/bin/bash' >> "$space/etc/passwd"
echo 'student:x:1000:' >> "$space/etc/group"
chown -R 1000:1000 "$space/home/student"
hostname "$host"

# /dev without /dev/kvm: a device node that does not answer is worse than none.
mkdir -p "$space"/dev/{net,pts,shm,mapper}
for node in null zero full random urandom tty fuse net/tun; do
    [ -e "/dev/$node" ] || continue
    touch "$space/dev/$node"
    mount --bind "/dev/$node" "$space/dev/$node"
done
ln -s /proc/self/fd "$space/dev/fd"
ln -s /proc/self/fd/0 "$space/dev/stdin"
ln -s /proc/self/fd/1 "$space/dev/stdout"
ln -s /proc/self/fd/2 "$space/dev/stderr"
ln -s pts/ptmx "$space/dev/ptmx"

# What programs keep below /var: empty, but with the folders that they expect.
(cd /var && { find . -xdev -maxdepth 3 -type d ! -path './lib/docker*' ! -path './lib/apt*' ! -path './lib/dpkg*' \
    ! -path './cache/apt*' -print0 2> /dev/null || true; }) | (cd "$space/var" && xargs -0 mkdir -p)
ln -sfn /run "$space/var/run"
for kept in /var/lib/dpkg /var/cache/debconf; do
    [ -d "$kept" ] || continue
    mkdir -p "$space$kept"
    mount --bind "$kept" "$space$kept"
    mount -o remount,bind,ro "$space$kept"
done

mount -o remount,bind,ro /
for folder in root home tmp run var dev etc opt srv; do
    mount --rbind "$space/$folder" "/$folder"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts /dev/pts
mount -t tmpfs -o size=256M tmpfs /dev/shm
mount -t sysfs -o ro sysfs /sys
mount -t cgroup2 -o ro cgroup2 /sys/fs/cgroup 2>/dev/null || true
umount -l "$space"
ip link set lo up
echo ready
# PID 1 of the sandbox: reap what others leave, until the runner closes the pipe.
while read -r _; do :; done
