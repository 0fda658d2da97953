"""A judge that takes long to start stays alive as a child and answers orders, one JSON line each.

The child reads an order per line from its standard input and prints an answer per line. If it crashes
or says nothing in time, that is the answer for this file, and the next file gets a new child.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path


class Silent(RuntimeError):
    """The child gave no answer; the text says how it ended."""


class Worker:
    """One child of `name` (for messages), started by `argv` at the first order; ends with this process."""

    def __init__(self, name: str, argv: Sequence[str | Path], seconds: float, env: dict[str, str] | None = None):
        """Remember how to start the child; `seconds` is its time for one answer."""
        self.name, self.argv, self.seconds, self.env = name, argv, seconds, env
        self.process: subprocess.Popen | None = None
        atexit.register(self.stop)

    def ask(self, order: dict) -> dict:
        """Return the child's answer to `order`; raise `Silent` when there is none."""
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = subprocess.Popen(self.argv, env=self.env, cwd="/", stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                            start_new_session=True)  # fmt: skip
        try:
            self.process.stdin.write((json.dumps(order) + "\n").encode())
            self.process.stdin.flush()
            line = self._line()
        except TimeoutError:
            self.stop()
            raise Silent(f"{self.name} gave no answer after {self.seconds:g} s") from None
        except BrokenPipeError:
            raise Silent(self._last_words()) from None
        if not line.endswith(b"\n"):
            raise Silent(self._last_words())
        return json.loads(line)

    def _line(self) -> bytes:
        """Read one line; TimeoutError when there is none in time, a part of a line when the child ends."""
        line = b""
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not ready.select(self.seconds):
                    raise TimeoutError
                if not (chunk := os.read(self.process.stdout.fileno(), 65536)):
                    break
                line += chunk
        return line

    def _last_words(self) -> str:
        """Why the child ended."""
        status = self.process.wait()
        said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
        number = -status if status < 0 else status - 128
        self.stop()
        if number in set(signal.Signals):
            return f"{self.name} died with {signal.Signals(number).name}"
        return f"{self.name} ended with status {status}: {said[-1] if said else 'no message'}"

    def stop(self) -> None:
        """End the child; with namespaces of its own the kernel ends all that it started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                with contextlib.suppress(BrokenPipeError):  # an order that the dead child never read
                    pipe.close()
            self.process = None
