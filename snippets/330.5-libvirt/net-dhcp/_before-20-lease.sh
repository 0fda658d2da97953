# The guest has no system: its network card's boot ROM asks for an address. Wait for it.
for _ in $(seq 55); do virsh net-dhcp-leases static | grep -q ipv4 && exit 0; sleep 1; done; exit 1
