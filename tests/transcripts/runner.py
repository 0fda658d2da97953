"""Run the sessions of a case, compare what the tools print with what the files show, record."""

from __future__ import annotations

import difflib
import time
from dataclasses import dataclass, field
from pathlib import Path

from overrides.blocks.model import Case
from tests.transcripts import receipt
from tests.transcripts.masks import mask
from tests.transcripts.session import Step, parse
from tests.transcripts.shell import LabError, Sandbox

SERVICES = Path(__file__).with_name("services")
TIMEOUT = 60  # seconds for one command, unless case.toml says `timeout = N`


@dataclass
class Outcome:
    """What a run found: `problems` are lines for people, `commands` the number that ran."""

    case: Case
    seconds: float = 0.0
    commands: int = 0
    problems: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)  # session name -> what a record would write


def run(case: Case) -> Outcome:
    """Run all sessions of `case` in a fresh sandbox, in file order; never writes into the tree."""
    outcome = Outcome(case)
    started = time.monotonic()
    sandbox = Sandbox([p for p in case.files if not p.name.startswith("_")])
    try:
        for service in case.spec.get("services", []):
            _hidden(sandbox, SERVICES / f"{service}.sh")
        _hidden(sandbox, case.folder / "_prepare.sh")
        for path in case.sessions:
            _hidden(sandbox, case.folder / f"_before-{path.stem}.sh")
            _play(sandbox, case, path, outcome)
    except LabError as error:
        outcome.problems.append(f"{case.folder}: {error}")
    finally:
        sandbox.close()
    outcome.seconds = time.monotonic() - started
    return outcome


def record(case: Case) -> Outcome:
    """Run `case` and rewrite its sessions and its receipt; nothing is written if a command misbehaves."""
    outcome = run(case)
    outcome.problems = [p for p in outcome.problems if ": output differs" not in p]
    if not outcome.problems:
        for name, text in outcome.texts.items():
            (case.folder / name).write_text(text, encoding="utf-8")
        receipt.write(case, outcome.seconds, outcome.commands)
    return outcome


def _hidden(sandbox: Sandbox, script: Path) -> None:
    """Run a script that the reader does not see; it must succeed."""
    if not script.is_file():
        if not script.name.startswith("_"):
            known = ", ".join(sorted(p.stem for p in SERVICES.glob("*.sh")))
            raise LabError(f"no service {script.stem!r}; known: {known}")
        return
    text = script.read_text(encoding="utf-8")
    output, status, _ = sandbox.shell("root").run(f"(bash -s <<'HIDDEN-SCRIPT'\n{text}\nHIDDEN-SCRIPT\n)", TIMEOUT)
    if status:
        raise LabError(f"{script.name} ended with status {status}: {output.strip()[-500:]}")


def _play(sandbox: Sandbox, case: Case, path: Path, outcome: Outcome) -> None:
    steps = parse(path.read_text(encoding="utf-8"), path)
    masks = case.spec.get("masks", [])
    expects = case.spec.get("expects", {})
    folder = {user: sandbox.shell(user).run("true", TIMEOUT)[2] for user in {s.user for s in steps}}
    text = ""
    for step in steps:
        where = f"{path}:{step.line}"
        if step.host != sandbox.host:
            raise LabError(f"{where}: no host {step.host!r} in this place; use {sandbox.host}")
        if step.cwd != folder[step.user]:
            outcome.problems.append(f"{where}: prompt says {step.cwd}, the shell is in {folder[step.user]}; correct it")
        output, status, folder[step.user] = sandbox.shell(step.user).run(
            step.command, case.spec.get("timeout", TIMEOUT)
        )
        outcome.commands += 1
        wanted = expects.get(step.command, 0)
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


def _difference(where: str, step: Step, output: str, masks: list[str], case: Case) -> str:
    lines = difflib.unified_diff(
        mask(step.output, masks).splitlines(), mask(output, masks).splitlines(), "file", "this run", lineterm="", n=1
    )
    return (
        f"{where}: output differs: {step.command}\n" + "\n".join(list(lines)[:30])
        + f"\n  if the new output is right: make record CASE={case.name}"
    )  # fmt: skip
