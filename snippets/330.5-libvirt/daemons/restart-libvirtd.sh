#!/bin/sh
# Restart libvirtd and prove that no guest noticed.
set -eu
before=$(virsh list --name --state-running)
systemctl restart libvirtd.service
after=$(virsh list --name --state-running)
test "$before" = "$after" && echo "all guests still run"
