"""What the pages for contributors name is there: targets of make, cases, files."""

import re
import subprocess

import pytest

from overrides.blocks.model import ROOT
from tests.conftest import none

PAGES = [*sorted((ROOT / "docs/contributing").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "README.md"]
PATH = re.compile(r"`((?:tests|docs|snippets|overrides|\.ci|\.github)/[\w./-]*)`")
PLACEHOLDER = re.compile(r"[A-Z]{4}|330\.N")
MAKE = re.compile(r"\bmake ([a-z-]+)")
CASE = re.compile(r"\b(?:CASE|FROM)=(330\.\d-[\w/-]+)")
NEW = "330.5-libvirt/net-routed"  # the case that a reader would begin


def faults(text: str, name: str) -> list[str]:
    """What a page names that is not there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    spans = re.findall(r"`[^`\n]+`", text) + re.findall(r"^(?: {4}|make ).*$", text, re.M)  # code, not prose
    used = {target for span in spans for target in MAKE.findall(span)}
    return [
        *(f"{name}: make {target}: no such target; correct it" for target in sorted(used - targets)),
        *(
            f"{name}: no {path}; correct the path"
            for path in PATH.findall(text)
            if not PLACEHOLDER.search(path) and not (ROOT / path).exists()
        ),
        *(
            f"{name}: no case {case}; correct it"
            for case in CASE.findall(text)
            if case != NEW and not (ROOT / "snippets" / case).is_dir()
        ),
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_names_is_there(path):
    none(faults(path.read_text(encoding="utf-8"), path.name))


def test_what_is_gone_is_named():
    text = "`make gone` `tests/gone.py`\n\nmake run CASE=330.2-xen/gone\n"
    assert [line.split(";")[0] for line in faults(text, "a.md")] == [
        "a.md: make gone: no such target", "a.md: no tests/gone.py", "a.md: no case 330.2-xen/gone",
    ]  # fmt: skip


@pytest.mark.parametrize("target", ["bump", "canary", "drill", "summary BASE=HEAD", "pdf OBJECTIVE=330.2", "dist"])
def test_make_knows_what_each_command_needs(target):
    done = subprocess.run(["make", "--dry-run", *target.split()], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
