virsh -q pool-define-as default dir --target /var/lib/libvirt/images > /dev/null && virsh -q pool-start default > /dev/null
