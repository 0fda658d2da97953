#!/bin/bash
# Debian's own bridge for containers, with a documentation network instead of 10.0.3.0/24.
set -euo pipefail
cat > /etc/default/lxc-net <<'NET'
USE_LXC_BRIDGE="true"
LXC_BRIDGE="lxcbr0"
LXC_ADDR="192.0.2.1"
LXC_NETMASK="255.255.255.0"
LXC_NETWORK="192.0.2.0/24"
LXC_DHCP_RANGE="192.0.2.10,192.0.2.99"
LXC_DHCP_MAX="90"
NET
/usr/libexec/lxc/lxc-net start
