"""Which recorded sessions a test run runs again.

Every case that runs on this machine; every lab case whose files, tools or lab image are not those of its
receipt; and of the other lab cases a tenth that changes with the date, so that ten days see them all. PROVE=1:
all of them.
"""

from __future__ import annotations

import datetime
import os
import zlib
from collections.abc import Callable, Iterable

from overrides.blocks.model import Case
from tests.lab.labs import LABS
from tests.transcripts import receipt
from tests.transcripts.place import KNOWN

PARTS = 10


def choose(cases: Iterable[Case], day: int, everything: bool, moved: Callable[[Case], object]) -> dict[str, list[Case]]:
    """The cases to run by the reason why (and those to `leave`), for the `day` (a date's ordinal number)."""
    found: dict[str, list[Case]] = {"tool": [], "all": [], "changed": [], "tenth": [], "leave": []}
    for case in cases:
        if not case.sessions or case.spec["runs_on"] not in KNOWN:
            continue
        if case.spec["runs_on"] not in LABS:
            found["tool"].append(case)
        elif everything:
            found["all"].append(case)
        elif moved(case):
            found["changed"].append(case)
        else:
            turn = zlib.crc32(case.name.encode()) % PARTS == day % PARTS
            found["tenth" if turn else "leave"].append(case)
    return found


def describe(found: dict[str, list[Case]], day: int) -> str:
    """What is run and why, in one line."""
    lab = {why: len(found[why]) for why in ("all", "changed", "tenth") if found[why]}
    words = {"all": "all of them", "changed": "changed since their receipts", "tenth": "the tenth of"}
    words["tenth"] += f" {datetime.date.fromordinal(day)}"
    total = sum(len(cases) for why, cases in found.items() if why != "tool")
    reasons = ", ".join(f"{number} {words[why]}" for why, number in lab.items()) or "none"
    return f"sessions of {len(found['tool'])} tool cases; of {total} lab cases: {reasons}"


def today() -> int:
    """The day of this test run; all its processes agree on it, also at midnight."""
    return int(os.environ.setdefault("GUIDE_DAY", str(datetime.datetime.now(datetime.UTC).toordinal())))


def everything() -> bool:
    """Whether this run proves all (`make prove`)."""
    return os.environ.get("PROVE", "") == "1"


def chosen(cases: Iterable[Case]) -> list[Case]:
    """The cases that this test run runs, the slow ones first, so that the cores end together."""
    found = choose(cases, today(), everything(), receipt.moved)
    run = [case for why, group in found.items() if why != "leave" for case in group]
    return sorted(run, key=lambda case: (-case.receipt.get("seconds", 0), case.name))
