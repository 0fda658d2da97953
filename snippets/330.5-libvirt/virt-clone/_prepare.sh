set -e
virsh -q net-start default > /dev/null
qemu-img create -q -f qcow2 /var/lib/libvirt/images/web01.qcow2 1G
virsh -q pool-define-as default dir --target /var/lib/libvirt/images > /dev/null
virsh -q pool-start default > /dev/null
virsh -q define web01.domain.xml > /dev/null
