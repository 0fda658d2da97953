#!/bin/bash
# On an XCP-ng or XenServer host: storage, a VM from a template, a card, a start.
set -euo pipefail

# --8<-- [start:sr]
host=$(xe host-list --minimal)
sr=$(xe sr-create host-uuid="$host" name-label="Local LVM" type=lvm \
    content-type=user physical-size=0 device-config:device=/dev/sdb)
# --8<-- [end:sr]

# --8<-- [start:vm]
template=$(xe template-list name-label="Debian Bookworm 12" --minimal)
vm=$(xe vm-install template-uuid="$template" new-name-label=web01 sr-uuid="$sr")
# --8<-- [end:vm]

# --8<-- [start:vif]
network=$(xe network-list bridge=xenbr0 --minimal)
xe vif-create vm-uuid="$vm" network-uuid="$network" device=0 mac=random
# --8<-- [end:vif]

# --8<-- [start:start]
xe vm-cd-add vm="$vm" cd-name="debian.iso" device=3
xe vm-start vm=web01
xe vm-list name-label=web01 params=uuid,power-state
# --8<-- [end:start]
