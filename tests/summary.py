"""`python -m tests.summary [BASE]`: what changed since BASE, for the reviewer of a pull request, as Markdown.

It goes to the standard output, on GitHub to the page of the job.
Counts, pages, versions in the receipts, and each changed session with its masks on, so that only real change shows.
The working tree is compared with the commit at which it left BASE; files that git does not know are not seen.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from overrides.blocks import model
from overrides.blocks.model import ROOT
from tests.transcripts.masks import mask
from tests.transcripts.session import PROMPT

WORDS = {"A": "added", "D": "removed", "M": "changed", "R": "moved", "T": "changed", "U": "in conflict"}
LINES = 200  # of one session's difference: a job summary holds 1 MiB


class BadBase(ValueError):
    """No comparison is possible; the text says why and what to do."""


class Change(NamedTuple):
    """A file that differs: a letter of WORDS, its path before and its path now."""

    letter: str
    old: str
    new: str


def git(root: Path, *words: str) -> bytes:
    """What git prints; raises BadBase with git's reason."""
    done = subprocess.run(["git", "-c", f"safe.directory={root}", "-C", root, *words], capture_output=True)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no common commit"]
        raise BadBase(f"git {words[0]}: {reason[-1]}; fetch the base, or name another: make summary BASE=main")
    return done.stdout


def changes(root: Path, start: str) -> list[Change]:
    """The files that differ from commit `start`."""
    words = git(root, "diff", "--name-status", "-M", "-z", start, "--").decode().split("\0")[:-1]
    found = []
    while words:
        letter, old = words.pop(0)[0], words.pop(0)
        found.append(Change(letter, old, words.pop(0) if letter in "RC" else old))
    return found


def read(path: Path) -> str:
    """The text of a file, nothing if it is not there, and no file outside the tree through a link."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() and not path.is_symlink() else ""


def counts(root: Path) -> dict[str, int]:
    """How much there is below `root`; a command is a prompt of a session."""
    files = [p for p in (root / "snippets").rglob("*") if p.is_file() and not p.name.startswith(("_", "."))]
    sessions = [p for p in files if p.suffix == ".console"]
    own = {"case.toml", "run.toml"}
    return {
        "pages": sum(1 for _ in (root / "docs").rglob("*.md")),
        "cases": sum(p.name == "case.toml" for p in files),
        "files": len(files) - len(sessions) - sum(p.name in own for p in files),
        "sessions": len(sessions),
        "commands": sum(bool(PROMPT.match(line)) for p in sessions for line in read(p).splitlines()),
    }


def cell(text: str) -> str:
    """`text` for a cell of a table: one line, no markup of its own."""
    return re.sub(r"([\\`|<>\[\]*_])", r"\\\1", " ".join(text.split()))


def page(root: Path, path: str) -> str:
    """A page by title and address."""
    file = root / path
    if not read(file):
        return ""
    address = "/" + path.removeprefix("docs/").removesuffix(".md").removesuffix("index").rstrip("/") + "/"
    return f"{cell(str(model.read_page(file, root / 'docs').meta.get('title', path)))} `{address.replace('//', '/')}`"


def masked(file: Path) -> list[str]:
    """The lines of a session under the masks of its case."""
    return mask(read(file), toml(file.with_name("case.toml")).get("masks", [])).splitlines()


def toml(file: Path) -> dict:
    """A TOML file, empty if it is not there; raises BadBase with place and remedy."""
    try:
        return tomllib.loads(read(file))
    except tomllib.TOMLDecodeError as error:
        raise BadBase(f"{file}: {error}; correct it (make check)") from None


def fenced(lines: list[str]) -> str:
    """The lines of a difference as a code block, whatever backticks are in them."""
    ticks = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", "\n".join(lines)))])
    cut = [f"({len(lines) - LINES} more lines)"] if len(lines) > LINES else []
    return "\n".join([f"{ticks}diff", *lines[:LINES], *cut, ticks])


def sessions(before: Path, now: Path, found: list[Change]) -> list[str]:
    """Each changed session with its difference; one that only a mask changed says so."""
    parts = []
    for change in found:
        old, new = masked(before / change.old), masked(now / change.new)
        lines = list(difflib.unified_diff(old, new, change.old, change.new, lineterm="", n=2))
        said = fenced(lines) if lines else "Only values that a mask covers changed."
        parts.append(f"### `{change.new}` {WORDS[change.letter]}\n\n{said}")
    return parts


def versions(before: Path, now: Path, found: list[Change]) -> list[str]:
    """The rows of the packages whose version in a receipt changed."""
    rows = []
    for change in found:
        old, new = (toml(f).get("versions", {}) for f in (before / change.old, now / change.new))
        case = change.new.removeprefix("snippets/").removesuffix("/run.toml")
        rows += [
            f"| `{case}` | {cell(name)} | {cell(str(old.get(name, 'none')))} | {cell(str(new.get(name, 'none')))} |"
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ]
    return rows


def summary(base: str, root: Path = ROOT) -> str:
    """The whole report; raises BadBase."""
    start = git(root, "merge-base", base, "HEAD").decode().strip()
    found = changes(root, start)
    of = {
        suffix: [c for c in found if c.new.startswith(top) and c.new.endswith(suffix)]
        for top, suffix in (("docs/", ".md"), ("snippets/", ".console"), ("snippets/", "/run.toml"))
    }
    with tempfile.TemporaryDirectory(prefix="guide-summary-") as folder:
        before = Path(folder)
        with tarfile.open(fileobj=io.BytesIO(git(root, "archive", start))) as tree:
            tree.extractall(before, [member for member in tree if member.isfile() or member.isdir()])
        old, new = counts(before), counts(root)
        parts = [f"## What changed since {start[:12]}", f"Files that differ: {len(found)}."]
        rows = [f"| {name} | {old[name]} | {new[name]} | {new[name] - old[name]:+d} |" for name in new]
        parts.append("\n".join(["| | before | now | change |", "|---|--:|--:|--:|", *rows]))
        if pages := of[".md"]:
            rows = [
                f"| {WORDS.get(c.letter, 'changed')} | {page(before, c.old)} | {page(root, c.new)} |" for c in pages
            ]
            parts += ["## Pages", "\n".join(["| | before | now |", "|---|---|---|", *rows])]
        if rows := versions(before, root, of["/run.toml"]):
            head = ["| case | package | before | now |", "|---|---|---|---|"]
            parts += ["## Versions in the receipts", "\n".join([*head, *rows])]
        if said := sessions(before, root, of[".console"]):
            parts += ["## Sessions, masks applied", *said]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    try:
        text = summary(*(sys.argv[1:2] or ["origin/main"]))
        with open(os.environ.get("GITHUB_STEP_SUMMARY") or "/dev/stdout", "a", encoding="utf-8") as out:
            out.write(text)
    except (BadBase, KeyError, model.BadData) as error:
        sys.exit(str(error.args[0]))
