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


def family(suffix: str) -> tuple[str, str, list[Fault]]:
    """The family of a format, the pattern of its comments and its faults."""
    from tests.mutation.operators import markup, programs, settings, trees

    comments = {".sh": SCRIPT} | dict.fromkeys((".daemon.json", ".ec2.json", ".packer.json"), r"(?!)")
    for module in (markup, programs, settings, trees):
        if suffix in module.FAULTS:
            comment = XML if module is markup else comments.get(suffix, HASH)
            return module.__name__.rpartition(".")[2], comment, ACCIDENTS + module.FAULTS[suffix]
    raise KeyError(f"no faults for *{suffix}: add a table in tests/mutation/operators")
