"""A person at the terminal of a lab machine."""

from __future__ import annotations

import os
import select
import shutil
import socket
import termios
import tty

from tests.transcripts.shell import Shell

LEAVE = b"\x1d"  # Ctrl-]
GOODBYE = b"GUIDE-LEFT"


def talk(line: socket.socket, shell: Shell) -> None:
    """Copy keys to the lab's terminal and its output back, until the person leaves (`exit` or twice Ctrl-])."""
    size = shutil.get_terminal_size()
    shell.run(f"stty -F /dev/hvc1 rows {size.lines} cols {size.columns}", 20)
    before = termios.tcgetattr(0)
    last = b""
    line.sendall(b"\x15trap 'echo GUIDE-''LEFT' EXIT; clear; PS1='\\u@\\h:\\w\\$ '\n")
    try:
        tty.setraw(0)
        while True:
            ready = select.select([0, line], [], [])[0]
            if line in ready:
                data = line.recv(65536)
                if not data or GOODBYE in data:
                    return
                os.write(1, data)
            if 0 in ready:
                keys = os.read(0, 1024)
                if not keys or keys == LEAVE == last:
                    return
                last = keys
                line.sendall(keys)
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
