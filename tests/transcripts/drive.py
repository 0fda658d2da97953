"""Give a command a terminal and type keys into it; what it prints goes to standard output as it came.

Usage: drive.py SECONDS COLUMNS LINES KEYS COMMAND
KEYS: JSON list of [text to wait for, what is then typed].
Runs inside a place, by that place's own Python: standard library only. Source: pty(7), termios(3).
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


def main(seconds: str, columns: str, lines: str, keys: str, command: str) -> int:
    """Return the command's exit status, 124 when the time is over, 125 when keys are left."""
    child, terminal = pty.fork()
    if not child:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(lines), int(columns), 0, 0))
        os.environ.update(TERM="linux", COLUMNS=columns, LINES=lines)
        os.execvp("bash", ["bash", "-c", command])
    waiting = [(text.encode(), typed.encode()) for text, typed in json.loads(keys)]
    seen, end = b"", time.monotonic() + float(seconds)
    while True:
        if waiting and waiting[0][0] in seen:
            text, typed = waiting.pop(0)
            seen = seen[seen.index(text) + len(text) :]
            os.write(terminal, typed)
        left = end - time.monotonic()
        if left <= 0:
            os.killpg(child, signal.SIGKILL)
            print(f"\r\n[in {seconds} s there was no {waiting[0][0].decode() if waiting else 'end'!r}]")
            return 124
        if not select.select([terminal], [], [], left)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last program has left the terminal
            break
        seen += data
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if waiting:
        print(f"\r\n[it ended before it printed {waiting[0][0].decode()!r}]")
        return 125
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
