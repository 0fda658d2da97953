"""Damage every example and every session on purpose, and see whether the checks notice.

`make mutate` does it for all of them; tests/test_mutation.py for a sample that changes with the date.
Each mutant has a name that stays: CASE/FILE#FAULT@SPOT, the spot counted from 0 within the file.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from overrides.blocks import model
from tests import validators
from tests.mutation import operators, sessions

SPOTS = 1  # how often a fault is made in one file
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")


@dataclass(frozen=True)
class Mutant:
    """One damaged file: `file` of `case` reads `text` instead, and case.toml says `spec`."""

    case: model.Case
    file: str
    fault: str
    spot: int
    family: str
    text: str
    spec: dict

    @property
    def name(self) -> str:
        """The name by which a report and `ONLY=` know it."""
        return f"{self.case.name}/{self.file}#{self.fault}@{self.spot}"

    @property
    def change(self) -> str:
        """The lines taken away and put in their place."""
        old = (self.case.folder / self.file).read_text(encoding="utf-8")
        lines = list(difflib.unified_diff(old.splitlines(), self.text.splitlines(), lineterm="", n=0))[2:]
        return "\n".join(line for line in lines if not line.startswith("@@")) or f"{self.spec}"


def spread(spots: list, most: int) -> list[tuple[int, object]]:
    """At most `most` of the spots, evenly spread, with their numbers."""
    wanted = sorted({len(spots) * n // most for n in range(most)} & set(range(len(spots))))
    return [(number, spots[number]) for number in wanted]


def of_file(case: model.Case, path: Path) -> Iterator[Mutant]:
    """The mutants of one example file."""
    text = path.read_text(encoding="utf-8")
    suffix = validators.suffix_of(path)
    if model.is_invalid(path):
        good = [p.read_text(encoding="utf-8") for p in good_files() if validators.suffix_of(p) == suffix]
        near = max(good, key=lambda other: difflib.SequenceMatcher(None, text, other).quick_ratio())
        yield Mutant(case, path.name, "mended", 0, "refused", near, case.spec)
        return
    family, comment, faults = operators.family(suffix)
    yield Mutant(case, path.name, "unchanged", 0, "baseline", text, case.spec)
    hidden = [m.span() for m in re.finditer(comment, text)]
    for fault, pattern, new in faults:
        found = [
            m
            for m in re.finditer(pattern, text)
            if not any(a <= m.start() < b for a, b in hidden if fault != "interpreter-typo")
        ]
        for spot, match in spread(found, SPOTS):
            put = new(match) if callable(new) else match.expand(new)
            yield Mutant(
                case, path.name, fault, spot, family, text[: match.start()] + put + text[match.end() :], case.spec
            )


@cache
def good_files() -> list[Path]:
    """Every file that its software accepts."""
    return [p for c in model.cases() for p in c.files if not model.is_invalid(p)]


def mutants(only: str = "*") -> list[Mutant]:
    """All mutants whose name fits `only`, in the order of their names."""
    found = [m for case in model.cases() for path in case.files for m in of_file(case, path)]
    for case in model.cases():
        found += [Mutant(case, *rest) for rest in sessions.of_case(case)]
    return sorted((m for m in found if fnmatch(m.name, only)), key=lambda m: m.name)


def sample(all_of_them: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """The `number` mutants that the seed (a day) picks."""
    return sorted(all_of_them, key=lambda m: zlib.crc32(f"{seed} {m.name}".encode()))[:number]


@cache
def equivalents() -> list[dict]:
    """The entries of equivalents.toml."""
    return tomllib.loads(EQUIVALENTS.read_text(encoding="utf-8")).get("equivalent", [])


def excuse(mutant: Mutant) -> int | None:
    """The number of the entry that says why the mutant means the same as the original."""
    for number, entry in enumerate(equivalents()):
        if fnmatch(f"{mutant.case.name}/{mutant.file}", entry["file"]) and fnmatch(mutant.fault, entry["fault"]) and (
            re.search(entry.get("change", ""), mutant.change)
        ):  # fmt: skip
            return number
    return None
