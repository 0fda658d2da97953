#!/bin/bash
# Last step of the image's build: mmdebstrap runs it with the new tree as $1 (its --customize-hook).
# What both labs have in common is taken from the Xen lab's script.
set -euo pipefail
tree=$1 recipe=$(dirname "$0")
kernel=$(basename "$tree"/lib/modules/*)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
xen=$recipe/../xen
source <(sed -n '/^depends() {/,/^}/p; /^ramdisk() {/,/^}/p' "$xen/finish.sh")

# The user of the sessions, the host's name, libvirt's settings, the first program.
chroot "$tree" useradd --create-home --uid 1000 --shell /bin/bash --groups libvirt,kvm student
echo kvm1 > "$tree/etc/hostname"
printf '127.0.0.1 localhost\n192.0.2.1 kvm1\n192.0.2.2 kvm2\n' > "$tree/etc/hosts"
cp "$recipe/libvirtd.conf" "$tree/etc/libvirt/"
cp "$recipe/web01.xml" "$tree/srv/"
sed -n '/^enter() {/,$p' "$xen/init" | cat "$recipe/init" - > "$tree/sbin/lab-init"
chmod 755 "$tree/sbin/lab-init"
chmod -x "$tree/usr/bin/pkttyagent" # there is no polkit to ask: virsh at a terminal would say so each time
rm -f "$tree"/usr/lib/udev/rules.d/*{cdrom,drm,hwdb,input-id,joystick,keyboard,mouse,sensor,seat,sound,touchpad,v4l}*.rules

# The examples' guest: Debian's kernel, packed and unpacked, and an initramfs with busybox.
mkdir -p "$tree/srv/guest"
packed=$tree/boot/vmlinuz-$kernel
cp "$packed" "$tree/srv/guest/vmlinuz"
start=$(LC_ALL=C grep -abo -P -m1 '\xfd7zXZ\x00' "$packed" | LC_ALL=C cut -d: -f1 | head -1)
xz --decompress --single-stream < <(tail -c "+$((start + 1))" "$packed") > "$tree/srv/guest/vmlinux"
ramdisk guest-init virtio_pci virtio_blk virtio_net virtio_balloon ext4 button evdev > "$tree/srv/guest/initrd.img"

# What QEMU loads itself.
cp "$packed" "$out/vmlinuz"
cp "$xen/dom0-initrd" "$tree/tmp/host-initrd"
recipe=$tree/tmp ramdisk host-initrd virtio_pci virtio_blk ext4 > "$out/initrd"

source "$recipe/guestfs.sh"
debian
source <(sed -n '/^# Keep the listed modules/,/__pycache__/p' "$xen/finish.sh")
appliance
rm -rf "$tree"/var/cache/apt/* # 280 MB: mmdebstrap leaves the packages there
source <(sed -n '/dpkg-query --show/,$p' "$xen/finish.sh" | sed 's/1500M/4G/')
