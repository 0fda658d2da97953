virsh -q net-start default > /dev/null; qemu-img create -q -f qcow2 /var/lib/libvirt/images/web01.qcow2 1G
virsh -q define web01.domain.xml > /dev/null
virsh dumpxml web01 | sed '/<cpu/,/<.cpu>/d; s,</os>,</os><cpu mode="host-passthrough"/>,' > /tmp/cpu.xml
virsh -q define /tmp/cpu.xml > /dev/null
qemu-img create -q -f qcow2 /var/lib/libvirt/images/big.qcow2 1G
sed 's,<name>web01,<name>big,; s,images/web01,images/big,; s/12:34:01/12:34:02/' web01.domain.xml > /tmp/big.xml
virsh -q define /tmp/big.xml > /dev/null
virsh -q setmaxmem big 4T --config
virsh -q setmem big 4T --config
