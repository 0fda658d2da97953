#!/bin/bash
set -e
modprobe openvswitch
/usr/share/openvswitch/scripts/ovs-ctl --no-monitor --system-id=random start > /dev/null
