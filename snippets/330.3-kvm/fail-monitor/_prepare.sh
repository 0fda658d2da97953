#!/bin/bash
# A boot sector of our own: it writes 8 MiB to the disk through the BIOS and reports on the first serial port.
# Source: print a line; int 13h/43h with 8 sectors a time from LBA 8 to 16384; print another; halt.
set -euo pipefail
python3 - <<'PROGRAM'
code = bytes.fromhex(
    "fa31c08ed88ec08ed0bc007cfbfc8816547cbe687ce830008a16547cb80043be587ccd13721a668306607c0866813e60"
    "7c0040000072e1be7e7ce80b00f4ebfdbe927ce80200ebf5ac84c07406baf803eeebf5c3008d740010000800007e0000"
    "080000000000000067756573743a2077726974696e672038204d69420a0067756573743a20616c6c207772697474656e"
    "0a0067756573743a20746865206469736b206661696c65640a"
)
with open("/root/boot.raw", "wb") as disk:
    disk.write(code.ljust(510, b"\0") + b"\x55\xaa")
PROGRAM
mkdir -p /srv/vm
mount -t tmpfs -o size=4M tmpfs /srv/vm
qemu-img create -q -f qcow2 /srv/vm/web01.qcow2 64M
qemu-io -c "write -q -s /root/boot.raw 0 512" /srv/vm/web01.qcow2
