#!/bin/bash
# First process of a sandbox: private user, mount, network, PID, UTS, IPC and cgroup namespaces are already made.
# Usage: sandbox.sh HOST STAGE   (STAGE/home: the case's shown files; STAGE/etc: what only root may read)
# What a session sees is a root of its own: programs from the machine, read-only; a copy of /etc; one tmpfs of 2 GB.
# The machine's own tree is gone from it (pivot_root), and its files belong to nobody in here (user namespace).
set -euo pipefail
host=$1 stage=$2
new=/mnt space=/mnt/space
mount -t tmpfs -o size=1M,mode=755 tmpfs "$new"
mkdir "$space" "$new"/{proc,sys,mnt,media}
mount -t tmpfs -o size=2G,mode=755 tmpfs "$space"
mkdir -p "$space"/{root,home/student,tmp,run,var,dev,etc,opt,srv}
chmod 1777 "$space/tmp"
cp -r "$stage/home/." "$space/root/"
cp -r "$stage/home/." "$space/home/student/"

# A writable copy of /etc, the user `student`, the host's name. What not all may read stays out (passwords, keys).
cp -a /etc/. "$space/etc/" 2> /dev/null || true
[ ! -e "$stage/etc" ] || cp -a "$stage/etc/." "$space/etc/"
chown -R 0:0 "$space/etc"
echo "$host" > "$space/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$host" > "$space/etc/hosts"
sed -i '/^[^:]*:[^:]*:1000:/d' "$space/etc/passwd" "$space/etc/group"
echo 'student:x:1000:1000:Student:/home/student:/bin/bash' >> "$space/etc/passwd"
echo 'student:x:1000:' >> "$space/etc/group"
install -m 640 /dev/null "$space/etc/shadow"
sed 's/:.*/:*:20000:0:99999:7:::/' "$space/etc/passwd" > "$space/etc/shadow"
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

for folder in root home tmp run var dev etc opt srv; do
    mkdir "$new/$folder"
    mount --rbind "$space/$folder" "$new/$folder"
done
for folder in /usr /boot /bin /sbin /lib*; do
    if [ -L "$folder" ]; then
        cp -a "$folder" "$new$folder"
    elif [ -d "$folder" ]; then
        mkdir "$new$folder"
        mount --rbind "$folder" "$new$folder"
        mount -o remount,bind,ro "$new$folder"
    fi
done
mount --rbind /proc "$new/proc"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$new/dev/pts"
mount -t tmpfs -o size=256M tmpfs "$new/dev/shm"
mount -t sysfs sysfs "$new/sys" 2> /dev/null || mount -t sysfs -o ro sysfs "$new/sys"
mount --bind "$new/sys" "$new/sys" # `ip netns` takes one away, and may mount its own as long as one is left
mount -o remount,bind,ro "$new/sys"
mount -t cgroup2 -o ro cgroup2 "$new/sys/fs/cgroup" 2> /dev/null || true
umount -l "$space"
rmdir "$space"
cd "$new"
mount -o remount,bind,ro "$new"
pivot_root . mnt
umount -l /mnt
cd /
ip link set lo up
echo ready
# PID 1 of the sandbox: reap what others leave, until the runner closes the pipe.
while read -r _; do :; done
