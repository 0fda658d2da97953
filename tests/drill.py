"""`python -m tests.drill [KIND]`: seed faults into copies of the tree and see each one named by a check, with a remedy.

tests/drill.toml lists kinds of faults; which files get them changes with the day (GUIDE_DAY=739943 repeats a day).
Example files and sessions are the business of tests.mutation; here some stand beside prose, links, tables and data.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

from overrides.blocks.model import ROOT
from tests.transcripts import choice
from tests.transcripts.checkout import copy

KINDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["fault"]
WANTED = 100
SECONDS = 300  # for one check
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short"]
JUDGED = "tests/test_snippets.py::test_the_software_that_reads_the_file_gives_the_verdict_its_name_promises"


class Fault(NamedTuple):
    """A kind of fault, and the file that gets it, relative to the tree."""

    kind: dict
    file: str

    @property
    def name(self) -> str:
        """The kind and its place."""
        return f"{self.kind['kind']}: {self.file}"


class Outcome(NamedTuple):
    """Whether the check failed and named the fault, and the line in which it did (or what it did instead)."""

    name: str
    right: bool
    said: str


def seed(text: str, kind: dict) -> str | None:
    """`text` with the fault in it, or None where it doesn't fit."""
    if "link" in kind:
        return kind["link"]
    found = re.search(kind["old"], text, re.M)
    if not found:
        return None
    new = text[: found.start()] + found.expand(kind["new"]).replace("<E9>", "\udce9") + text[found.end() :]
    return new if new != text else None


def faults(day: int, wanted: int = WANTED, only: str = "") -> list[Fault]:
    """`wanted` faults, each kind at least once, on files chosen by `day`. A kind that fits nowhere is a ValueError."""
    choose = random.Random(day)
    kinds = [kind for kind in KINDS if only in kind["kind"]]
    fitting = {}
    for kind in kinds:
        paths = [p for p in sorted(ROOT.glob(kind["files"])) if p.is_file() and "-invalid." not in p.name]
        paths = [p for p in paths if seed(p.read_text(encoding="utf-8"), kind) is not None]
        if not paths:
            raise ValueError(f"tests/drill.toml: {kind['kind']!r} fits no file; mend its pattern")
        choose.shuffle(paths)
        fitting[kind["kind"]] = [Fault(kind, p.relative_to(ROOT).as_posix()) for p in paths]
    rounds = [queue[turn] for turn in range(wanted) for queue in fitting.values() if turn < len(queue)]
    return rounds[: wanted if not only else len(kinds)]


def controls(chosen: list[Fault]) -> list[Fault]:
    """For each check among the `chosen` faults one run without a fault, in which it must pass."""
    first = {fault.kind["check"]: fault.file for fault in reversed(chosen)}
    return [Fault({"kind": f"no fault, check {check!r}", "check": check}, file) for check, file in first.items()]


def command(fault: Fault) -> list[str]:
    """The part of the checks that has to notice."""
    path = Path(fault.file)
    case = "/".join(path.parts[1:3])
    return {
        "pages": ["-m", "tests.pages"],
        "file": [*PYTEST, f"{JUDGED}[{case}/{path.name}]"],
        "folder": [*PYTEST, *(f"{JUDGED}[{case}/{p.name}]" for p in sorted((ROOT / path).parent.glob("*-invalid.*")))],
        "receipts": [*PYTEST, "tests/test_sessions.py", "-k", "receipt_stands or mask"],
        "tables": [*PYTEST, "tests/test_command_tables.py", "-k", path.stem],
        "atlas": [*PYTEST, "tests/test_pages.py"],
        "addresses": [*PYTEST, "tests/test_links.py", "-k", "list_of_addresses"],
        "workflows": [*PYTEST, "tests/test_workflows.py"],
        "build": ["-m", "mkdocs", "build", "--strict", "--site-dir", ".cache/site"],
    }[fault.kind["check"]]


def judge(tree: Path, fault: Fault) -> Outcome:
    """Seed one fault into `tree`, run its check, take the fault out again. Without a fault the check must pass."""
    path = tree / fault.file
    before, control = path.read_bytes(), "says" not in fault.kind
    try:
        if not control:
            path.unlink()
            if "link" in fault.kind:
                path.symlink_to(fault.kind["link"])
            else:
                path.write_bytes(seed(before.decode("utf-8"), fault.kind).encode("utf-8", "surrogateescape"))
        asked = [sys.executable, *command(fault)]
        done = subprocess.run(asked, cwd=tree, capture_output=True, text=True, timeout=SECONDS, env=_environment())
    except subprocess.TimeoutExpired:
        return Outcome(fault.name, False, f"the check did not end within {SECONDS} s")
    finally:
        path.unlink()
        path.write_bytes(before)
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in (done.stdout + done.stderr).splitlines()]
    if control:
        said = "the check passes" if done.returncode == 0 else "red without a fault: " + " / ".join(lines[-5:])[-500:]
        return Outcome(fault.name, done.returncode == 0, said)
    if done.returncode == 0:
        return Outcome(fault.name, False, "no check noticed it")
    for number, line in enumerate(lines):
        near = "\n".join(lines[max(0, number - 2) : number + 3])  # zizmor says what and where on two lines
        if re.search(fault.kind["says"], line) and any(name in near for name in _names(fault)):
            return Outcome(fault.name, True, line[:300])
    return Outcome(fault.name, False, "red, but not named: " + " / ".join(lines[-12:])[-900:])


def _names(fault: Fault) -> list[str]:
    """What a message may call the file: its path, from the root or from docs/; of an example file also the case."""
    path = Path(fault.file)
    return [fault.file, fault.file.removeprefix("docs/"), fault.kind.get("named", fault.file), *(
        [str(path.parent)] if path.name == "case.toml" else [])]  # fmt: skip


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "NO_MKDOCS_2_WARNING": "1", "COLUMNS": "400"}


@functools.cache
def _tree() -> Path:
    """A copy for this process."""
    return copy(Path(tempfile.mkdtemp(prefix="tree-", dir=os.environ["GUIDE_DRILL"])))


def _judge(fault: Fault) -> Outcome:
    return judge(_tree(), fault)


def main(only: str = "") -> int:
    """Run the drill; return 1 if a fault was not noticed or not named."""
    started, day = time.monotonic(), choice.today()
    chosen = faults(day, only=only)
    judged = [*controls(chosen), *chosen]
    print(f"{len(chosen)} faults of {len(KINDS)} kinds, day {day} (GUIDE_DAY={day} repeats them)", flush=True)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="guide-drill-") as folder:
        os.environ["GUIDE_DRILL"] = folder
        with multiprocessing.Pool() as pool:
            for number, outcome in enumerate(pool.imap_unordered(_judge, judged), 1):
                wrong += not outcome.right
                word = "ok   " if outcome.right else "WRONG"
                print(f"[{number}/{len(judged)}] {word} {outcome.name}\n        {outcome.said}", flush=True)
    print(f"{len(judged) - wrong} of {len(judged)} as they must be, {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
