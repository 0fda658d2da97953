"""Which check notices a mutant: the same functions that the tests call, on a damaged copy of the case."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from overrides.blocks.model import Case
from tests import validators
from tests.mutation import Mutant, excuse, sessions
from tests.transcripts import receipt, runner, session
from tests.validators import Problem, libvirt_xml

SECONDS = 20  # for one command of a damaged session
CAUGHT = ("judge", "grammar", "comparison", "run")  # what notices


@dataclass
class Verdict:
    """How a mutant fared: `by` is one of CAUGHT, "survived", "mask ..." or "unrun".

    "mask ...": a mask makes it the same. "unrun": only a run could tell, in a lab or in a case that is not quick.
    """

    name: str
    family: str
    by: str
    said: str
    sealed: bool
    seconds: float


@contextlib.contextmanager
def damaged(mutant: Mutant) -> Iterator[Case]:
    """A copy of the mutant's case with the damaged file in it."""
    with tempfile.TemporaryDirectory(prefix="guide-mutant-") as folder:
        copy = Path(folder) / mutant.case.name
        shutil.copytree(mutant.case.folder, copy)
        (copy / mutant.file).write_bytes(mutant.text.encode("utf-8", "surrogateescape"))
        yield Case(mutant.case.name, copy, mutant.spec, mutant.case.receipt)


def verdict(mutant: Mutant) -> Verdict:
    """Damage a copy of the case, ask the checks."""
    started = time.monotonic()
    with damaged(mutant) as case:
        own = mutant.file.endswith((".console", ".toml"))
        by, said = _of_session(mutant, case) if own else _of_file(mutant, case)
        sealed = bool(case.sessions) and bool(receipt.stale(case))
    return Verdict(mutant.name, mutant.family, by, said[:300], sealed, time.monotonic() - started)


def _of_file(mutant: Mutant, case: Case) -> tuple[str, str]:
    # jing words a refusal for people and costs a second; the verdict is lxml's and libvirt's.
    words = mock.patch.object(libvirt_xml, "for_people", lambda path, grammar: [Problem(1, f"{grammar} refuses")])
    with words if mutant.family == "markup" else contextlib.nullcontext():
        if said := validators.broken_promises(case, case.folder / mutant.file):
            return "judge", said[0]
    if sessions.quick(case) and mutant.family != "baseline":
        return _run(case)
    only_there = mutant.fault.startswith("run-") or f"virsh define {mutant.file}" in _typed(case)  # as for_xen() has it
    return ("unrun" if only_there and case.sessions and case.spec["runs_on"] != "history" else "survived"), ""


def _typed(case: Case) -> str:
    return (
        "".join(p.read_text(encoding="utf-8") for p in case.sessions) if case.spec.get("runs_on") == "xen-lab" else ""
    )


def _of_session(mutant: Mutant, case: Case) -> tuple[str, str]:
    try:
        steps = {p.name: session.parse(p.read_text(encoding="utf-8"), p) for p in case.sessions}
    except session.BadSession as error:
        return "grammar", str(error)
    if said := session.strangers(case):
        return "grammar", said[0]
    before = {p.name: session.parse(p.read_text(encoding="utf-8"), p) for p in mutant.case.sessions}
    if mutant.family != "baseline" and all(sessions.replayable(before[name], steps[name]) for name in steps):
        said = [line for name in steps for line in sessions.replay(mutant.case, case, name)]
        if said:
            return "comparison", said[0]
        old = (mutant.case.folder / mutant.file).read_text(encoding="utf-8")
        return sessions.masked(case, old, mutant.text) or "survived", ""
    return _run(case) if sessions.quick(case) else ("unrun", "")


def _run(case: Case) -> tuple[str, str]:
    spec = {**case.spec, "timeout": min(case.spec.get("timeout", SECONDS), SECONDS)}
    with mock.patch.object(runner, "HIDDEN_TIMEOUT", SECONDS):
        problems = runner.run(Case(case.name, case.folder, spec, case.receipt)).problems
    return ("run", problems[0]) if problems else ("survived", "")


def faults_of(verdicts: list[Verdict], mutants: dict[str, Mutant]) -> list[str]:
    """What a report must complain about: survivors without a reason, reasons without a survivor."""
    from tests.mutation import equivalents

    lines, used, idle = [], set(), {}
    for v in verdicts:
        number = excuse(mutants[v.name]) if v.by != "unrun" else None
        if v.family == "baseline":
            if v.by not in ("survived", "unrun"):
                lines.append(f"{v.name}: the undamaged case fails, so its mutants prove nothing: {v.said}")
        elif v.by == "survived" and number is None:
            lines.append(f"{v.name}: no check notices\n{mutants[v.name].change}")
        elif v.by == "survived":
            used.add(number)
        elif number is not None and v.by in CAUGHT:
            idle[number] = v.name
    for number, name in idle.items():
        lines.append(
            f"equivalents.toml, entry {number + 1}: fits {name}, which is caught ({equivalents()[number]['file']})"
        )
    for number in sorted(set(range(len(equivalents()))) - used - set(idle)):
        lines.append(f"equivalents.toml, entry {number + 1}: no surviving mutant fits it; remove it")
    return lines


def digest(mutant: Mutant) -> str:
    """Changes when the mutant, its case or the checks change: a stored verdict then no longer stands."""
    parts = [mutant.name.encode(), mutant.text.encode("utf-8", "surrogateescape"), repr(mutant.spec).encode()]
    parts += [p.read_bytes() for p in sorted(mutant.case.folder.iterdir()) if p.is_file()]
    return hashlib.sha256(b"\0".join([*parts, _checks()])).hexdigest()


def _checks() -> bytes:
    if not (found := getattr(_checks, "found", b"")):
        tests = Path(__file__).parents[1]
        files = [p for room in ("validators", "transcripts", "mutation") for p in sorted((tests / room).rglob("*.py"))]
        found = _checks.found = hashlib.sha256(b"".join(p.read_bytes() for p in files)).digest()
    return found
