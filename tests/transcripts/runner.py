"""Run the sessions of a case, compare what the tools print with what the files show, record."""

from __future__ import annotations

import contextlib
import difflib
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from overrides.blocks.model import ROOT, Case
from tests.lab.labs import LABS
from tests.transcripts import receipt
from tests.transcripts.masks import mask
from tests.transcripts.place import Place, open_place
from tests.transcripts.session import Step, misleads, parse
from tests.transcripts.shell import LabError, Shell
from tests.transcripts.terminal import SIZE, drive, show

SERVICES = Path(__file__).with_name("services")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HIDDEN_TIMEOUT = 180  # seconds for a hidden script, which may wait for a guest
CRASHES = {128 + number for number in (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV)}
CHILD_CRASHED = "died due to fatal signal"  # libxl's words, when the part of xl that stays behind died
TIMEOUT = 120  # seconds for one command, unless case.toml says `timeout = N`


@dataclass
class Outcome:
    """What a run found: `problems` are lines for people, `commands` the number that ran."""

    case: Case
    seconds: float = 0.0
    commands: int = 0
    problems: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)  # session name -> what a record would write
    crashed: str = ""  # the command that died by a signal, where no such end was expected
    runs: int = 1


def run(case: Case, keep: bool = False) -> Outcome:
    """Run all sessions of `case` in a fresh place of its kind, in file order; never writes into the tree.

    With `keep`, a run that found problems prints them and stops with a shell in the place before it ends.
    QEMU's emulation lets a program of a lab die by a signal now and then: such a case runs once more, afresh.
    """
    outcome = _run(case, keep)
    if outcome.crashed and case.spec["runs_on"] in LABS and not keep:
        outcome = _run(case, keep)
        outcome.runs = 2
    return outcome


def _run(case: Case, keep: bool) -> Outcome:
    outcome = Outcome(case)
    started = time.monotonic()
    try:
        with open_place(case) as place, _visited(place, outcome) if keep else contextlib.nullcontext():
            for service in case.spec.get("services", []) if case.spec["runs_on"] == "tool" else ():
                _hidden(place, SERVICES / f"{service}.sh")
            _hidden(place, case.folder / "_prepare.sh")
            for path in case.sessions:
                _hidden(place, case.folder / f"_before-{path.stem}.sh")
                play(place, case, path, outcome)
    except LabError as error:
        outcome.problems.append(f"{case.folder}: {error}")
    outcome.seconds = time.monotonic() - started
    return outcome


@contextlib.contextmanager
def _visited(place: Place, outcome: Outcome) -> Iterator[None]:
    try:
        yield
    except LabError as error:
        outcome.problems.append(f"{outcome.case.folder}: {error}")
    if outcome.problems:
        print(
            *outcome.problems,
            f"==> KEEP=1: a shell on {place.hosts[0]}; what you do is gone when you leave it",
            sep="\n",
        )
        place.visit()


def record(case: Case) -> Outcome:
    """Run `case` and rewrite its sessions and its receipt; nothing is written if a command misbehaves."""
    outcome = run(case)
    outcome.problems = [p for p in outcome.problems if ": output differs" not in p]
    if not outcome.problems:
        for name, text in outcome.texts.items():
            (case.folder / name).write_text(text, encoding="utf-8")
        receipt.write(case, outcome.seconds, outcome.commands)
    return outcome


def _hidden(place: Place, script: Path) -> None:
    """Run a script that the reader does not see; it must succeed."""
    if not script.is_file():
        if not script.name.startswith("_"):
            known = ", ".join(sorted(p.stem for p in SERVICES.glob("*.sh")))
            raise LabError(f"no service {script.stem!r}; known: {known}")
        return
    text = script.read_text(encoding="utf-8")
    output, status, _ = place.shell(place.hosts[0], "root").run(
        f"(bash -s <<'HIDDEN-SCRIPT'\n{text}\nHIDDEN-SCRIPT\n)", HIDDEN_TIMEOUT
    )
    if status:
        raise LabError(f"{script.name} ended with status {status}: {output.strip()[-500:]}")


def play(place: Place, case: Case, path: Path, outcome: Outcome) -> None:
    """Type one session into `place` and note in `outcome` where it does not do what the file shows."""
    steps = parse(path.read_text(encoding="utf-8"), path)
    masks = case.spec.get("masks", [])
    expects = case.spec.get("expects", {})
    for step in steps:
        if step.host not in place.hosts:
            known = ", ".join(place.hosts)
            raise LabError(f"{path}:{step.line}: no host {step.host!r} in this place; it has {known}")
    folder = {who: place.shell(*who).run("true", TIMEOUT)[2] for who in {(s.host, s.user) for s in steps}}
    text = ""
    for step in steps:
        where = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{step.line}"
        who = step.host, step.user
        if step.cwd != folder[who]:
            outcome.problems.append(f"{where}: prompt says {step.cwd}, the shell is in {folder[who]}; correct it")
        output, status, folder[who] = _type(place.shell(*who), step.command, case)
        outcome.commands += 1
        if found := CONTROL.search(output):
            name = "carriage returns" if found[0] == "\r" else f"control characters ({found[0]!r})"
            outcome.problems.append(
                f"{where}: prints {name}: {step.command}\n  remove them with tr or an option, or name keys for it"
            )
        if misleads(output):
            outcome.problems.append(
                f"{where}: prints what looks typed: {step.command}\n  mark its lines, as cat -n does"
            )
        wanted = expects.get(step.command, 0)
        if status != wanted and (status in CRASHES or CHILD_CRASHED in output):
            outcome.crashed = step.command
        if status != wanted:
            outcome.problems.append(
                f"{where}: exit status {status} instead of {wanted}: {step.command}\n{output.strip()[-800:]}\n"
                "  correct the command, or name it under [expects] in case.toml if it must fail"
            )
        if mask(output, masks) != mask(step.output, masks):
            outcome.problems.append(_difference(where, step, output, masks, case))
            step.output = output
        text += step.render()
    outcome.texts[path.name] = text


def _type(shell: Shell, command: str, case: Case) -> tuple[str, int, str]:
    """Run a command; one that case.toml names keys for runs in a terminal."""
    seconds = case.spec.get("timeout", TIMEOUT)
    keys = case.spec.get("keys", {}).get(command)
    if keys is None:
        return shell.run(command, seconds)
    size = tuple(case.spec.get("terminal", SIZE))
    output, status, folder = shell.run(drive(command, keys, seconds, size), seconds + 10)
    return show(output, size), status, folder


def _difference(where: str, step: Step, output: str, masks: list[str], case: Case) -> str:
    lines = difflib.unified_diff(
        mask(step.output, masks).splitlines(), mask(output, masks).splitlines(), "file", "this run", lineterm="", n=1
    )
    return (
        f"{where}: output differs: {step.command}\n" + "\n".join(list(lines)[:30])
        + f"\n  if the new output is right: make record CASE={case.name}"
    )  # fmt: skip
