"""Which tool judges which command table: oracle name -> oracle.

A table is docs/_data/commands/NAME.yml. Its `checked_by` names the oracle; each module here exports
`ORACLES = {"name": Oracle(...)}`. An oracle asks the real tool (its parser, its help, or a real run)
and yields what the tool refuses. A missing tool raises `ToolMissing`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT

TABLES = ROOT / "docs/_data/commands"


@dataclass(frozen=True)
class Entry:
    """One row of a table and the line on which it starts."""

    line: int
    command: str
    example: str
    retired: str = ""
    does: str = ""

    @property
    def words(self) -> list[str]:
        """The example as a shell would split it."""
        return shlex.split(self.example)

    @property
    def verb(self) -> str:
        """The command without options: `create` for a row about `create -b`."""
        return self.command.split(" -")[0]

    @property
    def mentioned(self) -> list[str]:
        """The options that the description names."""
        return re.findall(r"`(-[^`=]*)", self.does)

    @property
    def program(self) -> str:
        """The program that the example starts."""
        return self.words[0]


Judge = Callable[[list[Entry]], Iterator[tuple[Entry, str]]]


@dataclass(frozen=True)
class Oracle:
    """How one tool is asked; the two made-up examples prove that it does refuse."""

    judge: Judge
    bad_command: tuple[str, str]  # (command, example) that the tool must not know
    bad_option: tuple[str, str]
    program: str = ""  # first word of each example; "" where the command starts the example
    manual: Callable[[Entry], str] | None = None  # the tool's help on an entry, for options that `does` names
    verbs: Callable[[], set[str]] | None = None  # all verbs of a small tool: each must be in the table


@cache
def oracles() -> dict[str, Oracle]:
    """All oracles, gathered from the modules of this package."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    found = [importlib.import_module(f"{__name__}.{name}").ORACLES for name in names]
    return {name: oracle for table in found for name, oracle in table.items()}


def tables() -> list[Path]:
    """The files of all tables."""
    return sorted(TABLES.glob("*.yml"))


def read(path: Path) -> tuple[dict, list[Entry]]:
    """Return the data of a table and its entries with their lines."""
    data = safe_yaml.load(path)
    root = _mapping(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))
    entries = []
    for group in root["groups"].value:
        for row in _mapping(group)["commands"].value:
            cells = {key: node.value for key, node in _mapping(row).items()}
            entries.append(
                Entry(
                    row.start_mark.line + 1,
                    cells["command"],
                    cells["example"],
                    *(cells.get(k, "") for k in ("retired", "does")),
                )
            )
    return data, entries


def _mapping(node: yaml.Node) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value}


def problems(path: Path) -> Iterator[str]:
    """Everything that the tool of table `path` refuses, and every verb that the table leaves out."""
    data, entries = read(path)
    oracle = oracles()[data["checked_by"]]
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for entry, reason in judge(oracle, entries):
        yield f"{where}:{entry.line}: {reason}; correct the example"
    for verb in sorted((oracle.verbs() if oracle.verbs else set()) - {e.verb for e in entries}):
        yield f"{where}:1: {verb!r} is missing, the tool has it; add it"


def judge(oracle: Oracle, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """Yield (entry, reason) for each example that does not name its command or that the tool refuses."""
    sound = []
    for entry in entries:
        if entry.retired and not shutil.which(entry.program):
            continue  # gone for good: no tool is left to ask
        if reason := _form(oracle, entry):
            yield entry, reason
        else:
            sound.append(entry)
            for option in entry.mentioned if oracle.manual else ():
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", oracle.manual(entry)):
                    yield entry, f"the description names {option}, which the help on {entry.command!r} does not"
    yield from oracle.judge(sound)


def _form(oracle: Oracle, entry: Entry) -> str | None:
    """Say why the example is no example of its command, None if it is one."""
    words, command, verb = entry.words, entry.command.split(), entry.verb.split()
    if oracle.program:
        if words[0] != oracle.program:
            return f"{entry.example!r} does not start with {oracle.program}"
        together = any(words[n : n + len(verb)] == verb for n in range(1, len(words)))
        if together and set(command) <= set(words):
            return None
    else:
        rest = iter(words)
        if words[0] == command[0] and all(word in rest for word in command):
            return None
    return f"{entry.example!r} is no example of {entry.command!r}"
