#!/bin/bash
# A container's file of vzctl, as its manual page ctid.conf(5) describes it.
set -euo pipefail
mkdir -p /etc/vz/conf
cat > /etc/vz/conf/101.conf <<'CONF'
ONBOOT="yes"
OSTEMPLATE="debian-7.0-x86_64"
HOSTNAME="ct101.example.org"
IP_ADDRESS="192.0.2.101"
NAMESERVER="192.0.2.53"
VE_ROOT="/vz/root/$VEID"
VE_PRIVATE="/vz/private/$VEID"
PHYSPAGES="0:131072"
SWAPPAGES="0:65536"
PRIVVMPAGES="262144:286720"
DISKSPACE="2097152:2306867"
CPUUNITS="1000"
CPULIMIT="50"
CONF
