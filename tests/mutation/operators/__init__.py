"""What can go wrong in a file: per family of formats a table of faults.

A fault is (name, pattern, replacement): each match of the pattern outside comments is a spot where the fault
can be made. A replacement is a template for `re.Match.expand` or a function of the match. A fault must make
the file wrong for the software that reads it; another good value is no fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Fault = tuple[str, str, str | Callable[[re.Match], str]]

# Accidents of editors, merges and clipboards; they happen to every format.
ACCIDENTS: list[Fault] = [
    ("emptied", r"\A[\s\S]+\Z", ""),
    ("conflict-marker", r"(?m)^(?=[^\n]*[a-z])", "<<<<<<< HEAD\n"),
    ("carriage-return", r"(?<=\w)\n", "\r\n"),
    ("broken-byte", r"(?<=[a-z])(?=[a-z])", "\udcff"),
    ("nul-byte", r"(?<=[a-z])(?=[a-z])", "\0"),
    ("byte-order-mark", r"\A", "\ufeff"),
    ("no-break-space", r"(?<=[\w\"',=]) (?=\S)", "\u00a0"),
    ("zero-width-space", r"(?<=[a-z])(?=[a-z])", "\u200b"),
    ("right-to-left-mark", r"(?<=[a-z])(?=[a-z])", "\u202e"),
    ("curly-quotes", r"([\"'])([^\"'\n]*)\1", "\u201c\\2\u201d"),
]
HASH = r"(?m)^[ \t]*#(?!cloud-config).*$|(?<=[\s])# .*$"
SCRIPT = (
    HASH + r"|<<-?['\"]?(\w+)['\"]?\n[\s\S]*?\n\1$|'[^'\n]*'"
)  # here-documents and what stands in single quotes too
XML = r"<!--[\s\S]*?-->"
NONE = r"(?!)"


def family(suffix: str) -> tuple[str, str, list[Fault]]:
    """The family of a format, the pattern of its comments and its faults."""
    from tests.mutation.operators import markup, programs, settings, trees

    for name, comment, module in (("markup", XML, markup), ("settings", HASH, settings), ("programs", SCRIPT if suffix == ".sh" else HASH, programs),
                                  ("trees", NONE if suffix.endswith("json") else HASH, trees)):  # fmt: skip
        if suffix in module.FAULTS:
            return name, comment, ACCIDENTS + module.FAULTS[suffix]
    raise KeyError(f"no faults for *{suffix}: add a table in tests/mutation/operators")
