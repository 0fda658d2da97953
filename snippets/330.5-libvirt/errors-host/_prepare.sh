virsh -q net-start default > /dev/null; qemu-img create -q -f qcow2 /var/lib/libvirt/images/web01.qcow2 1G
virsh -q define web01.domain.xml > /dev/null
virsh -q net-define lab.net.xml > /dev/null
virsh -q pool-define-as images dir --target /var/lib/libvirt/images > /dev/null
virsh -q pool-start images > /dev/null
virsh -q net-destroy default > /dev/null
