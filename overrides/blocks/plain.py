"""What no file of the guide may be or hold, whoever reads it later: a pull request can come from a stranger.

Plain text only: no links to elsewhere, UTF-8 without invisible or reordering characters, of a size that a
person can review. Source: Unicode TR36 and TR9 (bidirectional controls).
"""

import re
from collections.abc import Iterator
from pathlib import Path

MAX_BYTES = 200_000
MAX_LINE = 1000
NAME = re.compile(r"_?[A-Za-z0-9][\w.+-]*", re.A)
REFUSED = (
    ("\0", "NUL byte; remove it"),
    ("\r", "carriage return; use Unix line ends"),
    ("\ufeff", "byte order mark; save the file as UTF-8 without it"),
    ("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "bidirectional control character (text that reads as it does "
     "not run); remove it"),
    ("(?m)^(?:<{7}|>{7}) ", "marker of a merge; finish the merge"),
    ("\u00a0", "invisible character; write a space"),
    ("[\u00ad\u200b-\u200d\u2060-\u2064\u115f\u3164]", "invisible character; remove it"),
    ("[\x01-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", "control character; remove it"),
    (rf"[^\n]{{{MAX_LINE + 1}}}", f"line longer than {MAX_LINE} characters; break it, nobody can review it"),
)  # fmt: skip


def faults(path: Path, limit: int = MAX_BYTES) -> Iterator[tuple[int, str]]:
    """The faults of the file `path`, as (line, reason; remedy)."""
    if path.is_symlink():
        yield 1, "is a symbolic link; put the file itself here"
    elif not path.is_file():
        yield 1, "is no ordinary file; put files alone here"
    elif path.stat().st_size > limit:
        yield 1, f"larger than {limit} bytes; shorten or split it"
    else:
        yield from text_faults(path.read_bytes())


def text_faults(raw: bytes) -> Iterator[tuple[int, str]]:
    """The faults of a text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        yield line, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return
    for pattern, reason in REFUSED:
        if found := re.search(pattern, text):
            yield text[: found.start()].count("\n") + 1, reason
