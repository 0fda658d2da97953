#!/bin/bash
# Start a private libvirtd with the real QEMU driver inside a sandbox (service "libvirtd" of a case).
# No systemd, no AppArmor, no KVM in there: QEMU emulates, as root, and logs to files.
set -euo pipefail
cat >> /etc/libvirt/qemu.conf <<'CONF'
user = "root"
group = "root"
namespaces = []
security_driver = "none"
remember_owner = 0
stdio_handler = "file"
cgroup_controllers = []
CONF
rm -f /etc/libvirt/qemu/networks/autostart/*.xml
libvirtd --daemon
for _ in $(seq 100); do
    virsh --connect qemu:///system version > /dev/null 2>&1 && exit 0
    sleep 0.1
done
echo "libvirtd does not answer" >&2
tail -5 /var/log/libvirt/libvirtd.log >&2 2> /dev/null || true
exit 1
