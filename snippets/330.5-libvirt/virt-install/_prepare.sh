# libosinfo reads usb.ids and pci.ids, which Debian keeps below /var: not in the sandbox. Empty lists do.
mkdir -p /var/lib/usbutils && echo "# empty" > /var/lib/usbutils/usb.ids
virsh -q net-start default > /dev/null
virsh -q pool-define-as default dir --target /var/lib/libvirt/images > /dev/null && virsh -q pool-start default > /dev/null
mkdir -p /srv/iso && truncate -s 1M /srv/iso/os.iso
