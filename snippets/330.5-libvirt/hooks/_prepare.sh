virsh -q net-start default > /dev/null; qemu-img create -q -f qcow2 /var/lib/libvirt/images/web01.qcow2 1G
virsh -q define web01.domain.xml > /dev/null
qemu-img create -q -f qcow2 /var/lib/libvirt/images/db01.qcow2 1G
