# A host without a readable kernel, whatever the machine has.
chmod 1777 /var/tmp
mount -t tmpfs tmpfs /boot
[ ! -d /lib/modules ] || mount -t tmpfs tmpfs /lib/modules
