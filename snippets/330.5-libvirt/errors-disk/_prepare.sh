sed -i 's/^user = "root"/user = "libvirt-qemu"/; s/^group = "root"/group = "libvirt-qemu"/' /etc/libvirt/qemu.conf
kill "$(cat /run/libvirtd.pid)"
until [ ! -e /run/libvirtd.pid ]; do sleep 0.1; done
libvirtd --daemon
until virsh -q list > /dev/null 2>&1; do sleep 0.1; done
virsh -q net-start default > /dev/null
cd /var/lib/libvirt/images || exit 1
qemu-img create -q -f qcow2 golden.qcow2 1G
qemu-img create -q -u -f qcow2 -F qcow2 -b base.qcow2 db01.qcow2 1G
qemu-img create -q -f raw /srv/data.img 16M
sed 's/web01/db01/; s/12:34:01/12:34:02/' ~/web01.domain.xml > /tmp/db01.xml
sed -i 's,images/web01.qcow2,images/db01.qcow2,' /tmp/db01.xml
virsh -q define /tmp/db01.xml > /dev/null
mkdir -p /home/student/vm && qemu-img create -q -f qcow2 /home/student/vm/web01.qcow2 1G
chmod 700 /home/student
sed -i 's,/var/lib/libvirt/images/web01,/home/student/vm/web01,' ~/web01.domain.xml
virsh -q define ~/web01.domain.xml > /dev/null
