"""Interactive programs: typed into through a terminal of their own, shown as a reader sees them.

case.toml names the keys of a command: `[keys]`, then `"virsh console web01" = [["login:", "root\\n"], ...]`,
pairs of a text to wait for and what is then typed. What the terminal shows at the end, with what has
scrolled off, is the output; `terminal = [columns, lines]` gives it a size. Source: pty(7); pyte 0.8 plays the
terminal.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pyte

SIZE = (80, 24)  # columns and lines, unless case.toml says otherwise
DRIVER = Path(__file__).with_name("drive.py")


def drive(command: str, keys: list[list[str]], seconds: float, size: tuple[int, int]) -> str:
    """The shell command that runs `command` in a terminal and types `keys`."""
    words = [
        "python3",
        "-c",
        DRIVER.read_text(encoding="utf-8"),
        f"{seconds:g}",
        *map(str, size),
        json.dumps(keys),
        command,
    ]
    return shlex.join(words)


def show(raw: str, size: tuple[int, int]) -> str:
    """The lines that a terminal shows after `raw` (text with control sequences), those scrolled off included."""
    columns, lines = size
    screen = pyte.HistoryScreen(columns, lines, history=100_000)
    pyte.Stream(screen).feed(raw)
    rows = [*screen.history.top, *(screen.buffer[y] for y in range(lines))]
    texts = ["".join(row[x].data for x in range(columns)).rstrip() for row in rows]
    return "\n".join(texts).rstrip("\n") + "\n"
