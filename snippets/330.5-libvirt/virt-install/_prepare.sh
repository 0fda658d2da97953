virsh -q net-start default > /dev/null
virsh -q pool-define-as default dir --target /var/lib/libvirt/images > /dev/null && virsh -q pool-start default > /dev/null
mkdir -p /srv/iso && truncate -s 1M /srv/iso/os.iso
