#!/bin/bash
# A wired card for the script, with the address that it shall move.
set -euo pipefail
ip link add enp1s0 type veth peer name wire0
ip link set wire0 up
ip address add 192.0.2.10/24 dev enp1s0
ip link set enp1s0 up
