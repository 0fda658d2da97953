#!/bin/bash
# A raw file and an empty qcow2 file of 64 MB: header, refcount table, refcount block, level 1 table.
truncate -s 16M /srv/xen/db01.img
python3 - <<'PROGRAM'
import struct
c = 65536
head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, 64 << 20, 0, 1, 3 * c, c, 1, 0, 0)
table = struct.pack(">Q", 2 * c)
block = struct.pack(">4H", 1, 1, 1, 1)
with open("/srv/xen/db01.qcow2", "wb") as disk:
    disk.write(b"".join(part.ljust(c, b"\0") for part in (head, table, block, b"")))
PROGRAM
