#!/bin/bash
# Last step of the image's build: mmdebstrap runs it with the new tree as $1 (its --customize-hook).
# It trims the tree, adds the lab's own files and leaves what QEMU needs in $1/lab-out.
set -euo pipefail
tree=$1 recipe=$(dirname "$0")
kernel=$(basename "$tree"/lib/modules/*)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

depends() { # the modules that the named ones need, in the order to load them
    local name
    for name in "$@"; do
        chroot "$tree" modprobe --set-version "$kernel" --show-depends "$name" | sed -n 's/^insmod \(\S*\).*/\1/p'
    done | awk '!seen[$0]++'
}

ramdisk() { # ramdisk INIT MODULE...: a busybox initramfs on standard output
    local init=$1 folder=$tree/tmp/ramdisk module
    shift
    mkdir -p "$folder"/{bin,dev,mnt,mod,proc,sys}
    cp "$tree/bin/busybox" "$folder/bin/"
    install -m 755 "$recipe/$init" "$folder/init"
    for module in $(depends "$@"); do
        cp "$tree$module" "$folder/mod/"
        basename "$module" >> "$folder/mod/list"
    done
    (cd "$folder" && find . | sort | "$tree/bin/busybox" cpio -o -H newc -R 0:0) | gzip -n -9
    rm -rf "$folder"
}

# The user of the sessions, the Dom0's name, Xen's and LVM's settings.
chroot "$tree" useradd --create-home --uid 1000 --shell /bin/bash student
echo dom0 > "$tree/etc/hostname"
printf '127.0.0.1 localhost\n192.0.2.1 dom0\n' > "$tree/etc/hosts"
echo 'XENCONSOLED_ARGS="--log=guest"' >> "$tree/etc/default/xen" # /var/log/xen/console/guest-NAME.log
cp "$recipe/web01.cfg" "$tree/etc/xen/"
install -m 755 "$recipe/init" "$tree/sbin/lab-init"
cp "$recipe/lvmlocal.conf" "$tree/etc/lvm/lvmlocal.conf"
ln -s "vmlinuz-$kernel" "$tree/boot/vmlinuz"
mkdir -p "$tree/srv/guest" "$tree/srv/xen"
# The guests' kernel is Debian's, unpacked: the emulated Dom0 would need ten seconds for each start to do it.
packed=$tree/boot/vmlinuz-$kernel
start=$(LC_ALL=C grep -abo -P -m1 '\xfd7zXZ\x00' "$packed" | LC_ALL=C cut -d: -f1 | head -1)
xz --decompress --single-stream < <(tail -c "+$((start + 1))" "$packed") > "$tree/srv/guest/vmlinux"
[ "$(head -c 4 "$tree/srv/guest/vmlinux" | tail -c 3)" = ELF ] || { echo "no kernel found in $packed" >&2; exit 1; }
ramdisk guest-init xen_blkfront xen_netfront ext4 > "$tree/srv/guest/initrd.img"

# What QEMU loads itself: Xen uncompressed, the Dom0's kernel and its small initramfs.
zcat "$tree/boot/xen-4.17-amd64.gz" > "$out/xen"
cp "$tree/boot/vmlinuz-$kernel" "$out/vmlinuz"
ramdisk dom0-initrd virtio_pci virtio_blk ext4 > "$out/initrd"

# Keep the listed modules and what they need; drop what no session uses.
mapfile -t wanted < <(sed 's/#.*//' "$recipe/modules.txt" | xargs -n1)
depends "${wanted[@]}" | sort > "$out/kept"
find "$tree/lib/modules/$kernel" -name '*.ko' | sed "s|^$tree||" | sort | comm -13 "$out/kept" - \
    | sed "s|^|$tree|" | xargs rm -f
rm "$out/kept"
chroot "$tree" depmod "$kernel"
rm -rf "$tree"/boot/{initrd.img,System.map}-* "$tree"/initrd.img* "$tree"/vmlinuz* "$tree"/var/lib/apt/lists/* \
    "$tree"/usr/lib/udev/hwdb.* "$tree"/usr/share/zoneinfo/[A-TV-Z]*
find "$tree" -xdev -name __pycache__ -prune -exec rm -rf {} +

chroot "$tree" dpkg-query --show --showformat '${Package} ${Version}\n' > "$out/versions"
truncate -s 1500M "$out/root.ext4"
# A bind mount shows the tree without the /proc, /sys and /dev that mmdebstrap has mounted in it.
unshare --mount bash -c 'mount --bind "$1" /mnt && exec mke2fs -q -F -t ext4 -O ^has_journal \
    -E lazy_itable_init=0,root_owner=0:0 -d /mnt "$2"' bash "$tree" "$out/root.ext4"
qemu-img convert -f raw -O qcow2 "$out/root.ext4" "$out/base.qcow2"
rm "$out/root.ext4"
mkdir "$tree/lab-out"
cp "$out"/* "$tree/lab-out/"
