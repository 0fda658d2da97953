#!/bin/bash
# Move the address of the wired card to a bridge, so that guests can share the wire.
# Not persistent: the network service of the distribution must say the same.
set -euo pipefail
ip link add br0 type bridge
ip link set br0 up
ip link set enp1s0 master br0
ip address flush dev enp1s0
ip address add 192.0.2.10/24 dev br0
ip route add default via 192.0.2.1
