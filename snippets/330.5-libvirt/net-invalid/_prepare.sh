# The physical card of the story: one end of a veth pair.
ip link add eth0 type veth peer name eth0-wire && ip addr add 192.0.2.15/24 dev eth0 && ip link set eth0 up
