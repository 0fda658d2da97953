# What the libguestfs tools need, read by finish.sh: their appliance, and a disk image with a Debian in it.

# The appliance is built here, once: in the emulated host supermin would need minutes. Its kernel is unpacked already.
appliance() {
    local home=usr/lib/x86_64-linux-gnu/guestfs
    chroot "$tree" supermin --build --format ext2 --host-cpu x86_64 --size 1G "/$home/supermin.d" -o /tmp/appliance
    mv "$tree/tmp/appliance"/{initrd,root} "$tree/$home/"
    ln "$tree/srv/guest/vmlinux" "$tree/$home/kernel"
    echo "Built by tests/lab/recipe/kvm/guestfs.sh" > "$tree/$home/README.fixed"
    rm -rf "$tree/tmp/appliance" "$tree/$home/supermin.d"
}

# /srv/images/debian-12.qcow2: what essential.sh kept, in one partition.
debian() {
    local guest=$tree/tmp/debian raw=$tree/tmp/debian.raw
    mkdir -p "$guest" "$tree/srv/images"
    tar -C "$guest" -xf "$tree/guest.tar"
    chroot "$tree" pwconv --root /tmp/debian
    mkdir "$guest/etc/ssh"
    chroot "$tree" ssh-keygen -q -A -f /tmp/debian
    echo web01 > "$guest/etc/hostname"
    echo 6b766d31000040008000000000000011 > "$guest/etc/machine-id"
    echo '/dev/vda1 / ext4 errors=remount-ro 0 1' > "$guest/etc/fstab"
    truncate -s 512M "$raw"
    echo '2048,,L,*' | chroot "$tree" sfdisk -q --label dos /tmp/debian.raw
    mke2fs -q -F -t ext4 -L root -U 6b766d31-0000-4000-8000-000000000021 -E offset=1048576,root_owner=0:0 \
        -d "$guest" "$raw" 511M
    qemu-img convert -c -f raw -O qcow2 "$raw" "$tree/srv/images/debian-12.qcow2"
    rm -rf "$guest" "$raw" "$tree/guest.tar"
}
