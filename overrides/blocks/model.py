"""The guide as data: objectives, pages, cases and receipts, read from the tree.

Everything that counts, lists or cross-refers (blocks on pages, tests) reads the tree here and
nowhere else, so a number on the site can't differ from the number that a test checks.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from overrides.blocks import plain, safe_yaml
from overrides.blocks.safe_yaml import BadData

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*-{1,}8<-{1,} "(?P<path>[^":]+)(?::(?P<section>[\w-]+))?"\s*$', re.M)
OWN = "contributing"  # the folder of cases about the guide itself: no objective asks for them
PLACES = ("tool", "checkout", "kvm-lab", "xen-lab", "history")
MAX_TIMEOUT = 600  # seconds that case.toml may ask for
WORD = re.compile(r"[a-z0-9][a-z0-9.+-]*")
CASE_KEYS = {
    "title", "objectives", "runs_on", "needs", "hosts", "services", "masks", "expects", "keys", "refused", "reason",
    "source", "terminal", "timeout",
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A term, file or utility that the exam lists."""

    name: str
    to: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Objective:
    """One of the six objectives of Topic 330."""

    id: str
    slug: str
    title: str
    weight: int
    also: tuple[str, ...]
    summary: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Page:
    """A Markdown page: `path` is relative to docs/."""

    path: str
    meta: dict
    text: str

    @cached_property
    def includes(self) -> list[tuple[str, str | None]]:
        """The snippets that the page shows, as (path below snippets/, section or None)."""
        return [(m["path"], m["section"]) for m in INCLUDE.finditer(self.text)]

    @property
    def title(self) -> str:
        """The title from the front matter."""
        return self.meta.get("title", self.path)


@dataclass(frozen=True)
class Case:
    """One story under snippets/: `name` is like `330.5-libvirt/net-isolated`."""

    name: str
    folder: Path
    spec: dict
    receipt: dict = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """The id of the case's row on the proof page."""
        return self.name.replace("/", "-")

    @cached_property
    def files(self) -> list[Path]:
        """All files that a validator judges, hidden scripts included."""
        skip = {"case.toml", "run.toml"}
        return sorted(p for p in self.folder.iterdir() if p.name not in skip and p.suffix != ".console")

    @cached_property
    def sessions(self) -> list[Path]:
        """The recorded sessions in the order in which they run."""
        return sorted(self.folder.glob("*.console"))

    @property
    def invalid(self) -> list[Path]:
        """Files that the software must refuse."""
        return [p for p in self.files if is_invalid(p)]


def is_invalid(path: Path) -> bool:
    """Tell whether the name says that the file must be refused: `NAME-invalid.SUFFIX`."""
    return path.name.split(".")[0].endswith("-invalid")


def read_case(folder: Path) -> Case:
    """Read `folder`/case.toml and its receipt; raise `BadData` with file, line, reason and remedy."""
    path = folder / "case.toml"
    for file in (folder, *sorted(folder.iterdir())):
        for line, reason in plain.faults(file) if file != folder or file.is_symlink() else ():
            raise BadData(f"{file}:{line}: {reason}")
        if file != folder and not plain.NAME.fullmatch(file.name):
            raise BadData(f"{folder}:1: odd file name {file.name!r}; use letters, digits, dot, hyphen")
    if not path.is_file():
        raise BadData(f"{folder}:1: no case.toml; add one with title and objectives")
    spec = _toml(path)
    lines = path.read_text(encoding="utf-8").splitlines()

    def refuse(key: str, reason: str):
        number = next((n for n, line in enumerate(lines, 1) if key in line), 1)
        raise BadData(f"{path}:{number}: {reason}")

    for key in spec:
        if key not in CASE_KEYS:
            refuse(key, f"unknown key {key!r}; correct it to one of {', '.join(sorted(CASE_KEYS))}")
    if not isinstance(spec.get("title"), str):
        refuse("title", 'no title; add title = "..."')
    known = {o.id for o in objectives()} | {a for o in objectives() for a in o.also} | SUCCESSOR_IDS
    own = folder.parent.name == OWN
    if not spec.get("objectives") and not own:
        refuse("objectives", 'no objectives; add objectives = ["330.N"]')
    for number in spec.get("objectives", []):
        if number not in known:
            refuse(number, f"unknown objective {number!r}; see docs/_data/objectives.yml")
    sessions = any(folder.glob("*.console"))
    if sessions and spec.get("runs_on") not in PLACES:
        refuse("runs_on", f"runs_on must be one of {', '.join(PLACES)} for a case with sessions")
    if spec.get("runs_on") == "checkout" and not own:
        refuse("runs_on", f'runs_on = "checkout" is for snippets/{OWN}/ alone; write "tool"')
    if spec.get("runs_on") == "history" and not (spec.get("reason") and spec.get("source")):
        refuse("runs_on", "a case that can't run needs reason = and source =")
    if not 0 < spec.get("timeout", 1) <= MAX_TIMEOUT:
        refuse("timeout", f"timeout must be at most {MAX_TIMEOUT} seconds")
    for key in ("services", "needs"):
        for name in spec.get(key, []):
            if not WORD.fullmatch(name):
                refuse(key, f"{name!r} in {key} is no name; write lower-case letters, digits, hyphens")
    for command, pairs in spec.get("keys", {}).items():
        if not all(isinstance(p, list) and [type(word) for word in p] == [str, str] for p in pairs):
            refuse(command, 'keys must be a list of pairs: ["text to wait for", "what is then typed"]')
    for name in spec.get("refused", {}):
        if not (folder / name).is_file():
            refuse(name, f"refused file {name!r} does not exist; correct the name")
    for file in folder.iterdir():
        told = spec.get("refused", {}).get(file.name, {})
        if is_invalid(file) and not (told.get("reason") and told.get("says")):
            refuse("refused", f'{file.name} needs [refused."{file.name}"] with reason and says')
    receipt = folder / "run.toml"
    name = f"{folder.parent.name}/{folder.name}"
    return Case(name, folder, spec, _toml(receipt) if receipt.is_file() else {})


def _toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise BadData(f"{path}:1: nested too deep; correct the TOML") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadData(f"{path}:{line[1] if line else 1}: {error}; correct the TOML") from None


def read_page(path: Path, docs: Path) -> Page:
    """Read a page with its front matter; `docs` is the folder that its name is relative to."""
    return _page(path, docs, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _page(path: Path, docs: Path, _changed: int) -> Page:
    text = path.read_text(encoding="utf-8")
    front = re.match(r"---\n(.*?)\n---\n", text, re.S)
    meta = safe_yaml.loads("\n" + front[1], path) if front else {}
    return Page(str(path.relative_to(docs)), meta, text)


SUCCESSOR_IDS = (
    {f"351.{n}" for n in range(1, 6)} | {f"352.{n}" for n in range(1, 5)} | {f"353.{n}" for n in range(1, 5)}
)  # the objectives of 305-300


def objectives(root: Path = ROOT) -> list[Objective]:
    """The six objectives, in the exam's order."""
    path = root / "docs/_data/objectives.yml"
    return _objectives(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _objectives(path: Path, _changed: int) -> list[Objective]:
    data = safe_yaml.load_checked(path, path.with_suffix(".schema.json"))
    return [
        Objective(
            o["id"], o["slug"], o["title"], o["weight"], tuple(o["also"]), o["summary"],
            tuple(Term(t["name"], tuple(t["to"]), t.get("note", "")) for t in o["terms"]),
        )
        for o in data["objectives"]
    ]  # fmt: skip


def pages(root: Path = ROOT) -> list[Page]:
    """All pages of docs/, sorted by path."""
    docs = root / "docs"
    return [read_page(p, docs) for p in sorted(docs.rglob("*.md"))]


def cases(root: Path = ROOT) -> list[Case]:
    """All cases of snippets/, sorted by name."""
    return [read_case(f) for f in sorted(root.glob("snippets/*/*")) if f.is_dir()]
