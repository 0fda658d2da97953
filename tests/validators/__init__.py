"""Which software judges which file: compound suffix -> check.

Each module of this package looks after one family of formats and exports
`FORMATS = {".suffix": check}`; a check takes a path and returns the problems that the software
found ([] = accepted). A tool that crashes or hangs is a problem; a tool that is missing raises
`ToolMissing` with the command that installs it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from overrides.blocks.model import is_invalid

MAX_BYTES = 200_000
UNSEEN = (  # what an editor, a merge or a clipboard leaves and the eye passes over
    ("\0", "NUL byte; remove it"),
    ("\r", "carriage return; use Unix line ends"),
    ("(?m)^(<{7}|>{7}) ", "marker of a merge; finish the merge"),
    ("[\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]", "invisible character; remove it, or write a space"),
    ("[\u2018-\u201f]", "typographic quotation mark; programs know ' and \" only"),
)


@dataclass(frozen=True)
class Problem:
    """One reason why the software refuses a file; `line` is None where it names none."""

    line: int | None
    reason: str


class ToolMissing(RuntimeError):
    """The software that judges is not installed; the text says how to get it."""


Check = Callable[[Path], list[Problem]]


@cache
def formats() -> dict[str, Check]:
    """The table of all formats, gathered from the modules of this package."""
    table: dict[str, Check] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        for suffix, check in getattr(importlib.import_module(f"{__name__}.{module.name}"), "FORMATS", {}).items():
            if suffix in table:
                raise RuntimeError(f"tests/validators/{module.name}.py:1: {suffix} has a validator already")
            table[suffix] = check
    return table


def suffix_of(path: Path) -> str | None:
    """The longest known compound suffix of the file's name, None if no validator knows it."""
    parts = path.name.split(".")
    return next((s for n in range(1, len(parts)) if (s := "." + ".".join(parts[n:])) in formats()), None)


def check(path: Path) -> list[Problem]:
    """Judge `path`: first what no file of the guide may be, then the software that reads it."""
    return hostile(path) or (
        formats()[suffix](path)
        if (suffix := suffix_of(path))
        else [Problem(None, f"no validator for *.{path.name.partition('.')[2]}: add one in tests/validators")]
    )


def broken_promise(path: Path, spec: dict) -> str:
    """Why the verdict on `path` is not the one that its name promises ("" = it is); `spec` is its case.toml."""
    problems = check(path)
    if not is_invalid(path):
        return "\n".join(f"{path}:{p.line or 1}: {p.reason}; correct the example" for p in problems)
    if not problems:
        return f"{path}:1: accepted, but its name says -invalid; make it wrong again or rename it"
    says = spec["refused"][path.name]["says"]
    reasons = "\n".join(p.reason for p in problems)
    if says in reasons:
        return ""
    return f"{path}:1: refused, but for another reason than {says!r}:\n{reasons}\n  correct case.toml"


def hostile(path: Path) -> list[Problem]:
    """What is refused before any parser sees it: links, huge or empty files, bytes that are no UTF-8, DOCTYPE."""
    if path.is_symlink():
        return [Problem(None, "is a symbolic link; put the file itself here")]
    if path.stat().st_size > MAX_BYTES:
        return [Problem(None, f"larger than {MAX_BYTES} bytes; shorten the example")]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return [Problem(line, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8")]
    if not text.strip():
        return [Problem(1, "is empty")]
    for needle, reason in UNSEEN:
        if found := re.search(needle, text):
            return [Problem(text[: found.start()].count("\n") + 1, reason)]
    if path.suffix == ".xml" and "<!DOCTYPE" in text.upper():
        line = text.upper()[: text.upper().index("<!DOCTYPE")].count("\n") + 1
        return [Problem(line, "DOCTYPE is refused (entity attacks); remove it")]
    return []
