#!/bin/bash
# The switch's daemons, as Debian's openvswitch-switch starts them.
/usr/share/openvswitch/scripts/ovs-ctl start --system-id=random > /dev/null 2>&1
