"""Faults of recorded sessions, and a place that answers with what was recorded.

Most faults leave the commands alone. What the tool really prints is then known: the session is a record
of it, so the runner compares the damaged text with the recorded answers and no tool has to run. Faults whose
names begin with "run-" change a command or who types it: only a new run can tell.
"""

from __future__ import annotations

import json
import re
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

from overrides.blocks.model import Case
from tests.transcripts import runner
from tests.transcripts.masks import MASKS, mask
from tests.transcripts.session import PROMPT, Step, parse

QUICK = 5  # seconds: a case that took longer is not run again for each fault
TYPED: dict[str, tuple[str, str]] = {  # fault: (pattern on a command line, replacement)
    "run-command-typo": (r"^([a-z][\w.-]+)", r"\1zz"),
    "run-verb-typo": (r"^([a-z][\w-]+ (?:-\S+ )*[a-z][a-z-]{2,})(?= |$)", r"\1zz"),
    "run-option-typo": (r"(?<= )(--[a-z][a-z-]+|-[a-zA-Z]\b)", r"\1zz"),
    "run-argument-typo": (r"(?<= )([\w./:-]*[\w/])$", r"\1zz"),
}
LINES: dict[str, tuple[str, str]] = {  # fault: (pattern on one line of output, replacement)
    "output-altered": (r"([A-Za-z])([A-Za-z])(?=[A-Za-z])(?!\2)", r"\1\1\2"),
    "number-altered": (r"\d(?!.*\d)", "x"),
    "spaces-joined": (r"(?<=\S) {2,}(?=\S)", " "),
    "line-cut": (r"(?<=\S).{2}\S$", ""),
    "line-dropped": (r"^.*\n?$", "\0"),
    "line-twice": (r"^(.*\S.*)$", r"\1\n\1"),
    "line-added": (r"^(?=.*\S)", "a note to myself\n"),
    "line-indented": (r"^(?=\S)", " "),
}
PROMPTS: dict[str, tuple[str, str]] = {  # fault: (pattern on a prompt's line, replacement)
    "folder-wrong": (r"^(\w+@\w+:)[^\s$#]+", r"\1/nosuch"),
    "host-wrong": (r"^(\w+)@\w+", r"\1@nosuch"),
    "user-unknown": (r"^\w+@", "nobody@"),
    "sign-wrong": (r"^(\S+)([#$]) ", lambda m: m[1] + ("$" if m[2] == "#" else "#") + " "),
    "prompt-lost": (r"^\S+ ", ""),
    "command-lost": (r"^(\S+ ).*", r"\1"),
}
Made = tuple[str, str, int, str, str, dict]  # the fields of a Mutant after its case


def of_case(case: Case) -> Iterator[Made]:
    """The mutants of a case's sessions and of the exit statuses that it expects."""
    if not case.sessions or case.spec["runs_on"] == "history":
        return
    for path in case.sessions:
        yield from _of_session(case, path)
    yield from _of_expects(case)
    texts = {path.name: path.read_text(encoding="utf-8") for path in case.sessions}
    typed = [(n, i) for n, text in texts.items() for i, line in enumerate(text.splitlines()) if PROMPT.match(line)]
    for fault, (pattern, new) in TYPED.items():
        spots = [(n, i, m) for n, i in typed if (m := re.search(pattern, _command(texts[n].splitlines()[i])))]
        if spots:
            spot = zlib.crc32(f"{case.name}{fault}".encode()) % len(spots)  # not always the first command
            name, at, match = spots[spot]
            line = texts[name].splitlines()[at]
            start = len(line) - len(match.string)
            line = line[: start + match.start()] + match.expand(new) + line[start + match.end() :]
            yield name, fault, spot, "sessions", _with(texts[name], at, line), case.spec
    if quick(case):
        yield case.sessions[0].name, "run-unchanged", 0, "baseline", texts[case.sessions[0].name], case.spec


def _of_session(case: Case, path: Path) -> Iterator[Made]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    out = [n for n, line in enumerate(lines) if not PROMPT.match(line) and not line.startswith("> ")]
    prompts = [n for n, line in enumerate(lines) if PROMPT.match(line)]
    for faults, where, most in ((LINES, out, 2), (PROMPTS, prompts, 1)):
        for fault, (pattern, new) in faults.items():
            spots = [n for n in where if re.search(pattern, lines[n])]
            for spot in {0, len(spots) // 2} if spots and most == 2 else {0} & set(range(len(spots))):
                line = re.sub(pattern, new, lines[spots[spot]], count=1)
                yield (
                    path.name,
                    fault,
                    spot,
                    "sessions",
                    _with(text, spots[spot], None if line == "\0" else line),
                    case.spec,
                )
    swaps = [n for n in out if n + 1 in out and lines[n] != lines[n + 1]]
    for spot in {0, len(swaps) // 2} if swaps else ():
        first, second = lines[swaps[spot]], lines[swaps[spot] + 1]
        both = _with(_with(text, swaps[spot] + 1, first), swaps[spot], second)
        yield path.name, "lines-swapped", spot, "sessions", both, case.spec
    moved = [n for n in out if n + 2 < len(lines) and n + 1 in prompts and n + 2 in out]
    for spot in range(min(1, len(moved))):
        line, prompt = lines[moved[spot]], lines[moved[spot] + 1]
        yield (path.name, "output-after-the-next-command", spot, "sessions",
               _with(_with(text, moved[spot] + 1, line), moved[spot], prompt), case.spec)  # fmt: skip
    steps = parse(text, path)
    for spot in range(min(1, len(full := [s for s in steps if s.output.strip()]))):
        rest = "".join(s.render() if s is not full[spot] else s.render().removesuffix(s.output) for s in steps)
        yield path.name, "output-emptied", spot, "sessions", rest, case.spec


def _of_expects(case: Case) -> Iterator[Made]:
    """Faults of case.toml: a failure forgotten, another status, a failure of a command that succeeds."""
    text = (case.folder / "case.toml").read_text(encoding="utf-8")
    known = case.spec.get("expects", {})
    changes = []
    for spot, (command, status) in enumerate(known.items()):
        entry = re.compile(
            rf"(?m)^(?=[\"'].*= *{status}\b)(?:{re.escape(json.dumps(command))}|'{re.escape(command)}') *=.*\n"
        )
        if found := entry.search(text):
            changes += [
                ("failure-forgotten", spot, found, ""),
                ("other-status", spot, found, found[0].replace(f"= {status}", f"= {status + 1}")),
            ]
    for path in case.sessions:
        for step in parse(path.read_text(encoding="utf-8"), path)[:1]:
            head = re.search(r"(?m)^\[expects\]\n", text) or re.search(r"\Z", text)
            if step.command not in known:
                line = f"{json.dumps(step.command)} = 1\n"
                changes.append(
                    ("failure-expected", case.sessions.index(path), head, (head[0] or "\n[expects]\n") + line)
                )
    for fault, spot, match, new in changes:
        damaged = text[: match.start()] + new + text[match.end() :]
        yield "case.toml", fault, spot, "expectations", damaged, tomllib.loads(damaged)


def _command(line: str) -> str:
    return PROMPT.match(line)["command"]


def _with(text: str, number: int, line: str | None) -> str:
    lines = text.splitlines()
    lines[number : number + 1] = [] if line is None else [line]
    return "\n".join(lines) + "\n"


def quick(case: Case) -> bool:
    """Whether a fault in this case may cost a run of its sessions."""
    return bool(case.sessions) and case.spec["runs_on"] == "tool" and case.receipt.get("seconds", 99) <= QUICK


def replayable(before: list[Step], after: list[Step]) -> bool:
    """Whether the damaged session types the same commands."""
    return [(s.user, s.command) for s in before] == [(s.user, s.command) for s in after]


class Recorded:
    """A place whose one shell for each user answers with the outputs, statuses and folders of a session."""

    def __init__(self, steps: list[Step], expects: dict[str, int]):
        """Answer for `steps`, in their order."""
        self.steps, self.expects, self.greeted = list(steps), expects, set()
        self.hosts = tuple(sorted({s.host for s in steps}))

    def shell(self, host: str, user: str) -> Recorded:
        """Take the place of the shell of `user` on `host`."""
        self.who = host, user
        return self

    def run(self, command: str, timeout: float) -> tuple[str, int, str]:
        """The recorded answer; each shell's first question is where it is."""
        rest = self.steps
        if self.who not in self.greeted:
            self.greeted.add(self.who)
            output, status = "", 0
        else:
            step, *rest = self.steps
            self.steps = rest
            output, status = step.output, self.expects.get(step.command, 0)
        return output, status, next((s.cwd for s in rest if (s.host, s.user) == self.who), "~")


def replay(original: Case, damaged: Case, name: str) -> list[str]:
    """What the runner says when it compares the damaged session `name` with the recorded answers."""
    path = original.folder / name
    place = Recorded(parse(path.read_text(encoding="utf-8"), path), original.spec.get("expects", {}))
    spec = {key: value for key, value in damaged.spec.items() if key != "keys"}  # the answers are the screens
    outcome = runner.Outcome(damaged)
    try:
        runner.play(place, Case(damaged.name, damaged.folder, spec), damaged.folder / name, outcome)
    except runner.LabError as error:
        outcome.problems.append(str(error))
    return outcome.problems


def masked(case: Case, before: str, after: str) -> str | None:
    """The reason of the one mask that makes the two texts the same."""
    alike = [m for m in case.spec.get("masks", []) if mask(before, [m]) == mask(after, [m])]
    return f"mask {alike[0]}: {MASKS[alike[0]]['reason']}" if alike else None
