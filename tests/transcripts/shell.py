"""A long-lived shell in a place (a sandbox or a lab machine), and what can go wrong with it."""

from __future__ import annotations

import os
import re
import secrets
import select
import shlex
import time

ENDED = b"\nGUIDE-SHELL-ENDED\n"  # what a lab machine says in place of closing the connection
MAX_OUTPUT = 1_000_000  # bytes of one command


class LabError(RuntimeError):
    """The place did not do its part: did not start, hung, printed too much, or died."""


class Shell:
    """One bash behind two file descriptors, be they pipes or a socket to a lab machine.

    Each command is framed by a salt so that its output and exit status are certain.
    """

    def __init__(self, reader: int, writer: int, home: str):
        """Talk to a bash that reads commands from `writer` and prints to `reader`."""
        self.reader, self.writer, self.home = reader, writer, home

    def run(self, command: str, timeout: float) -> tuple[str, int, str]:
        """Run `command`; return (output, exit status, folder afterwards with ~ for home)."""
        salt = secrets.token_hex(8)
        frame = f"{{ eval {shlex.quote(command)}\n}} </dev/null 2>&1; printf '\\n{salt} %d %s\\n' $? \"$PWD\"\n"
        self._write(frame.encode(), command, timeout)
        text = self._read_until(salt, command, timeout)
        output, _, tail = text.rpartition(f"\n{salt} ")
        status, _, folder = tail.strip().partition(" ")
        if folder == self.home or folder.startswith(self.home + "/"):
            folder = "~" + folder[len(self.home) :]
        if output and not output.endswith("\n"):
            output += "\n"
        return output, int(status), folder

    def _write(self, data: bytes, command: str, timeout: float) -> None:
        while data:
            if not select.select([], [self.writer], [], timeout)[1]:
                raise LabError(f"the shell takes no input: {command}")
            try:
                data = data[os.write(self.writer, data[:4096]) :]
            except OSError:
                raise LabError("the shell is gone before this command") from None

    def _read_until(self, salt: str, command: str, timeout: float) -> str:
        end = time.monotonic() + timeout
        seen = b""
        mark = re.compile(rf"\n{salt} \d+ [^\n]*\n".encode())
        while not mark.search(seen, max(0, len(seen) - 70_000)):
            left = end - time.monotonic()
            if left <= 0:
                raise LabError(f"no end after {timeout:g} s: {command}\n{_tail(seen)}")
            if not select.select([self.reader], [], [], left)[0]:
                continue
            try:
                chunk = os.read(self.reader, 65536)
            except ConnectionError:
                chunk = b""
            seen += chunk
            if not chunk or seen.endswith(ENDED):
                raise LabError(f"the shell died in: {command}\n{_tail(seen.removesuffix(ENDED))}")
            if len(seen) > MAX_OUTPUT:
                raise LabError(f"more than {MAX_OUTPUT} bytes of output: {command}")
        return seen.decode("utf-8", errors="replace")


def _tail(output: bytes) -> str:
    return "last lines:\n" + "\n".join(output.decode("utf-8", errors="replace").splitlines()[-8:])
