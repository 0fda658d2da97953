# Two joined machines from one saved state. Runs on each: $1 is 1 or 2, $2 and $3 are their names.
# Both have the same host key, so root may use it as its own key too.
chmod 600 /etc/ssh/ssh_host_*_key
number=$1 names=("$2" "$3")
key=$(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)
printf '127.0.0.1 localhost\n192.0.2.1 %s\n192.0.2.2 %s\n' "${names[@]}" > /etc/hosts
mkdir -p -m 700 /root/.ssh
mkdir -p -m 755 /run/sshd
echo "$key root" > /root/.ssh/authorized_keys
echo "${names[0]},${names[1]},192.0.2.1,192.0.2.2 $key" > /root/.ssh/known_hosts
echo "IdentityFile /etc/ssh/ssh_host_ed25519_key" > /root/.ssh/config
pidof sshd > /dev/null || /usr/sbin/sshd || exit
[ "$number" = 2 ] || exit 0

name=${names[1]}
hostname "$name"
echo "$name" > /etc/hostname
bridge=$(basename "$(readlink /sys/class/net/eth0/master)")
mac=$(sed 's/1$/2/' /sys/class/net/eth0/address)
ip link set eth0 address "$mac"
ip link set "$bridge" address "$mac"
ip address delete 192.0.2.1/24 dev "$bridge"
ip address add 192.0.2.2/24 dev "$bridge"
if libvirtd=$(pidof libvirtd); then # libvirt does not migrate to a host with its own UUID
    sed -i 's/^\(host_uuid.*\)1"$/\12"/' /etc/libvirt/libvirtd.conf
    kill "$libvirtd"
    while [ -e "/proc/$libvirtd" ]; do sleep 0.1; done
    libvirtd -d && virsh -q list > /dev/null
fi
