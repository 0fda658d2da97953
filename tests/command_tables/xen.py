"""The small Xen tools: xenstore-* and xentop by their usage, xenpm by the help text in the program.

xenpm asks the hypervisor for its CPUs before it prints any help, so without Xen the help is read from
the program file itself. Packages xenstore-utils and xen-utils-4.17.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import OPTION, need, options_in, output, unknown

BIN = "/usr/lib/xen-4.17/bin"


def _stores() -> set[str]:
    need("xenstore-ls", "xenstore-utils")
    return {path.name for path in Path("/usr/bin").glob("xenstore-*")}


def _judge_store(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.program not in _stores():
            yield entry, f"there is no program {entry.program} in xenstore-utils"
            continue
        usage = output(need(entry.program, "xenstore-utils"), "-h")
        for option in unknown(entry.words[1:], set(OPTION.findall(usage))):
            yield entry, f"{entry.program} has no option {option} ({entry.program} -h)"


@cache
def _xenpm() -> set[str]:
    raw = Path(need(f"{BIN}/xenpm", "xen-utils-4.17")).read_bytes()
    start = raw.index(b"xenpm command list:")
    text = raw[start : raw.index(b"\0", start)].decode()
    return {f"xenpm {verb}" for verb in re.findall(r"^ ([a-z][a-z-]+)", text, re.M)}


def _monitoring() -> set[str]:
    return _xenpm() | {"xentop"}


def _judge_monitoring(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.program == "xentop":
            known = options_in(output(need(f"{BIN}/xentop", "xen-utils-4.17"), "--help"))
            for option in unknown(entry.words[1:], known):
                yield entry, f"xentop has no option {option} (xentop --help)"
        elif entry.command not in _monitoring():
            yield entry, f"there is no command {entry.command!r} (xenpm help)"
        else:
            for option in unknown(entry.words[2:], set()):
                yield entry, f"xenpm takes no options, so no {option}"


ORACLES = {
    "xenstore": Oracle(
        _judge_store,
        manual=lambda entry: output(need(entry.program, "xenstore-utils"), "-h"),
        bad_command=("xenstore-frobnicate", "xenstore-frobnicate /local"),
        bad_option=("xenstore-ls", "xenstore-ls -Z /local"),
        verbs=_stores,
    ),
    "xen-monitoring": Oracle(
        _judge_monitoring,
        manual=lambda _: output(need(f"{BIN}/xentop", "xen-utils-4.17"), "--help"),
        bad_command=("xenpm frobnicate", "xenpm frobnicate 0"),
        bad_option=("xentop", "xentop --fast"),
        verbs=_monitoring,
    ),
}
