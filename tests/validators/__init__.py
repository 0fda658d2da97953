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

from overrides.blocks import plain
from overrides.blocks.model import Case, is_invalid


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


def hostile(path: Path) -> list[Problem]:
    """What is refused before any parser sees it: links, huge files, text that is not plain, DOCTYPE."""
    if problems := [Problem(line, reason) for line, reason in plain.faults(path)]:
        return problems
    text = path.read_text(encoding="utf-8").upper()
    if not text.strip():
        return [Problem(1, "is empty")]
    if quote := re.search("[\u2018-\u201f]", text):
        line = text[: quote.start()].count("\n") + 1
        return [Problem(line, "typographic quotation mark; programs know ' and \" only")]
    if path.suffix == ".xml" and "<!DOCTYPE" in text:
        line = text[: text.index("<!DOCTYPE")].count("\n") + 1
        return [Problem(line, "DOCTYPE is refused (entity attacks); remove it")]
    return importlib.import_module("tests.validators._json").refused(path) if path.suffix == ".json" else []


def broken_promises(case: Case, path: Path) -> list[str]:
    """How the verdict on `path` differs from the one that its name and case.toml promise."""
    problems = check(path)
    if not is_invalid(path):
        return [f"{path}:{p.line or 1}: {p.reason}; correct the example" for p in problems]
    if not problems:
        return [f"{path}:1: accepted, but its name says -invalid; make it wrong again or rename it"]
    says = case.spec["refused"][path.name]["says"]
    reasons = "\n".join(p.reason for p in problems)
    if says in reasons:
        return []
    return [f"{path}:1: refused, but for another reason than {says!r}:\n{reasons}\n  correct case.toml"]
