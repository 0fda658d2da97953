"""ip, bridge, brctl and tunctl: each example runs as root of an empty network namespace, in table order.

A table that tells one story (bridge, tap, plug, unplug, remove) proves itself: each step needs the
ones before it. Packages iproute2, bridge-utils, uml-utilities.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import isolated, need, output, run

PACKAGES = {"ip": "iproute2", "bridge": "iproute2", "brctl": "bridge-utils", "tunctl": "uml-utilities"}
CHILD = """
import json, subprocess, sys
subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)
answers = []
for argv in json.load(sys.stdin):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=10)
    answers.append([done.returncode, done.stdout])
print(json.dumps(answers))
"""


def _verbs() -> set[str]:
    text = output(need("brctl", "bridge-utils"), "--help")
    return {f"brctl {verb}" for verb in re.findall(r"^\t([a-z]+)", text, re.M)}


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    known = [entry for entry in entries if entry.program in PACKAGES]
    for entry in entries:
        if entry not in known:
            yield entry, f"{entry.program} is none of {', '.join(PACKAGES)}"
    calls = [[need(e.program, PACKAGES[e.program]), *e.words[1:]] for e in known]
    status, text = run(isolated(sys.executable, "-c", CHILD), text=json.dumps(calls))
    if status:
        raise RuntimeError(f"the network namespace failed:\n{text}")
    for entry, (code, said) in zip(known, json.loads(text), strict=True):
        if code or "never heard of command" in said:
            yield entry, f"{entry.example!r} failed with {code}: {said.strip().partition(chr(10))[0]}"


ORACLES = {
    "network": Oracle(
        _judge,
        bad_command=("brctl frobnicate", "brctl frobnicate br0"),
        bad_option=("ip link show", "ip --fast link show"),
        verbs=_verbs,
    )
}
