"""Zip files that come out the same, byte for byte, from the same entries, and are there whole or not at all."""

from __future__ import annotations

import os
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EARLIEST = 315532800  # 1980-01-01, the first day that a zip can name, in seconds since 1970
STORED = {".png"}  # packed already


class BadExport(ValueError):
    """What keeps a file from being made; the message names file, reason and remedy."""


def epoch() -> int:
    """The time that all entries get: SOURCE_DATE_EPOCH in seconds since 1970, or the first day that a zip can name."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not text.isdigit():
        raise BadExport(f"SOURCE_DATE_EPOCH is {text!r}; set it to a number of seconds")
    return max(int(text), EARLIEST)


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A name to write to that becomes `target` at the end; after a failure or an interrupt nothing is left of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_zip(target: Path, entries: dict[str, bytes], first: tuple[str, ...] = ()) -> None:
    """Pack `entries` (name to content), sorted by name; those named in `first` come first and are not compressed."""
    when = time.gmtime(epoch())[:6]
    with whole(target) as part, zipfile.ZipFile(part, "w") as archive:
        for name in [*first, *sorted(entries.keys() - set(first))]:
            entry = zipfile.ZipInfo(name, when)
            entry.create_system = 3  # Unix, so that the permissions below count
            entry.external_attr = 0o100644 << 16
            stored = name in first or Path(name).suffix in STORED
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, entries[name], compresslevel=9)


def make(work: Callable[[], Path]) -> None:
    """Run `work`, which writes one file, for a person: say its name and size, or in one line why there is none."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in the background with SIGINT ignored
        signal.signal(stop, signal.default_int_handler)
    try:
        made = work()
    except BadExport as error:
        sys.exit(f"{error}")
    except OSError as error:
        sys.exit(f"{error.filename or 'dist'}: {error.strerror or error}; nothing was written")
    except KeyboardInterrupt:
        sys.exit("stopped; nothing was written")
    print(f"==> {made}: {made.stat().st_size / 1e6:.2f} MB")
