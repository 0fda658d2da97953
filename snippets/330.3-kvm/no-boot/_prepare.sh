#!/bin/bash
# A disk that boots: its first sector writes one line to the first serial port, then halts.
set -euo pipefail
python3 - <<'PROGRAM'
head = bytes.fromhex("fa31c08ed88ec08ed0bc007cbe")  # no interrupts, segments 0, stack; mov si, ...
loop = bytes.fromhex("ac08c07406baf803eeebf5fbf4ebfc")  # lodsb, out 0x3f8, until 0; then sti, hlt for ever
text = b"hello from the boot sector\n\0"
sector = head + (0x7C00 + len(head) + 2 + len(loop)).to_bytes(2, "little") + loop + text
with open("/root/sector", "wb") as disk:
    disk.write(sector.ljust(510, b"\0") + b"\x55\xaa")
PROGRAM
cd /home/student
qemu-img create -q -f qcow2 web01.qcow2 64M
qemu-io -c "write -q -s /root/sector 0 512" web01.qcow2
chown student:student web01.qcow2
