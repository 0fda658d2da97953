virsh -q net-undefine default > /dev/null
