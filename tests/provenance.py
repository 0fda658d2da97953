"""The provenance audit of the built site: where each code block comes from.

Reads the HTML only, so it holds for any generator. `python -m tests.provenance SITE` reports.
Each block is one of: a snippet file, a named section of one, a recorded session, a Python example
that pytest-examples runs, or a marked synopsis. Anything else is a problem.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from textwrap import dedent

from lxml import html

from overrides.blocks.model import ROOT, cases, pages

MARKER = re.compile(r"^.*-{1,}8<-{1,} \[(start|end):.*\n?", re.M)


def audit(site: Path, root: Path = ROOT) -> tuple[Counter, list[str]]:
    """Return (blocks by kind, problems) for all pages below `site`."""
    counts: Counter = Counter()
    problems = []
    known = _known(root)
    for page in sorted(site.rglob("*.html")):
        tree = html.fromstring(page.read_bytes())
        if drawn := len(tree.find_class("diagram")):
            counts["diagram"] += drawn
        for pre in tree.iter("pre"):
            if "mermaid" in (pre.get("class") or "").split():  # left to the browser
                counts["diagram"] += 1
                continue
            kind = _kind(pre, known)
            counts[kind or "unknown"] += 1
            if not kind:
                first = _text(pre).strip().splitlines()[:1]
                problems.append(
                    f"{page}:{pre.sourceline}: code block without provenance: {first}; "
                    "include it from snippets/ or mark it as synopsis"
                )
    return counts, problems


def _kind(pre, known: dict[str, str]) -> str | None:
    wrapper = next((a for a in pre.iterancestors("div") if "highlight" in (a.get("class") or "").split()), None)
    if wrapper is not None and "synopsis" in wrapper.get("class").split():
        return "synopsis"
    return known.get(_key(_text(pre)))


def _text(pre) -> str:
    return pre.text_content()


def _key(text: str) -> str:
    """Text as compared: without section markers, common indent and blank ends; tabs as Markdown sets them."""
    lines = MARKER.sub("", text).rstrip().expandtabs(4).splitlines()
    return dedent("\n".join(line.rstrip() for line in lines)).strip("\n")


@cache
def _known(root: Path) -> dict[str, str]:
    known = {}
    for case in cases(root):
        for path in case.sessions:
            known[_key(path.read_text(encoding="utf-8"))] = "session"
        for path in case.files:
            if path.name.startswith("_"):
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            known.setdefault(_key(text), "file")
            for name in re.findall(r"\[start:([\w-]+)\]", text):
                part = re.search(rf"\[start:{name}\].*\n([\s\S]*?)^.*\[end:{name}\]", text, re.M)
                if part:
                    known.setdefault(_key(part[1]), "section")
    for page in pages(root):
        if page.path == "330.5-libvirt/python.md":
            for block in re.findall(r"^```py[^\n]*\n(.*?)^```$", page.text, re.S | re.M):
                known.setdefault(_key(block), "python example")
    return known


def report(counts: Counter) -> str:
    """One line for people."""
    total = sum(counts.values()) - counts["diagram"]
    parts = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()) if kind != "diagram")
    return f"provenance: {total} code blocks ({parts}), {counts['diagram']} diagrams"


if __name__ == "__main__":
    found, wrong = audit(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    print(report(found))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
