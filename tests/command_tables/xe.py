"""xe: no oracle. Debian has no XAPI, so only the documented form of a call is checked.

A call is a verb, then parameters NAME=VALUE or MAP-NAME:KEY=VALUE, then --flags. That a verb exists
was read in XAPI's source when the table was written; the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.command_tables import Entry, Oracle

VERB = re.compile(r"[a-z]+(-[a-z0-9]+)*")
WORD = re.compile(r"[a-z][a-z0-9-]*(:[\w.-]+)?=.+|--(force|live|multiple|minimal|all)", re.I)


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if not VERB.fullmatch(entry.command):
            yield entry, f"{entry.command!r} is no verb of xe: small letters and hyphens"
        for word in entry.words[2:]:
            if not WORD.fullmatch(word):
                yield entry, f"{word!r} is neither NAME=VALUE nor a flag of xe"


ORACLES = {
    "none": Oracle(
        _judge,
        program="xe",
        bad_command=("VM_start", "xe VM_start vm=web01"),
        bad_option=("vm-start", "xe vm-start --fast vm=web01"),
    )
}
