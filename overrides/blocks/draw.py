"""Draw the diagrams of all pages to SVG before the site is built.

Each drawing is kept in .cache/diagrams under a name made of its source and of what draws it, so a second build draws
only what has changed. The fence (diagrams.py) takes the drawings from there. Without Chromium nothing is drawn, the
build says so, and mermaid draws in the reader's browser instead.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from overrides.blocks.model import ROOT

CHROMIUM = Path("/usr/bin/chromium")
DRAWER = Path(__file__).with_suffix(".html")
FENCE = re.compile(r"^(?P<indent> *)```mermaid\n(?P<source>.*?)^(?P=indent)```$", re.S | re.M)
# What the diagrams are painted in, light; guide.css gives each name its dark colour.
PALETTE = {
    "node": "#eceefb", "node-line": "#5c6bc0", "group": "#f6f7fb", "group-line": "#b3b8cc", "note": "#fff4cf",
    "note-line": "#b8860b", "line": "#4a4d5e", "back": "#fefefe", "text": "#17181c",
}  # fmt: skip


class BadDiagram(ValueError):
    """A diagram that can't be drawn; the message names file, line, reason and remedy."""


@cache
def _drawer() -> str:
    """What a drawing depends on beside its source: the script, the palette, mermaid's version."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return f"{DRAWER.read_text(encoding='utf-8')}{PALETTE}{packages['node_modules/mermaid']['version']}"


def key(source: str) -> str:
    """The name of a drawing: 16 hex digits."""
    return sha256(f"{source.strip()}\0{_drawer()}".encode()).hexdigest()[:16]


def drawing(source: str) -> Path:
    """Where the drawing of `source` is kept, drawn or not."""
    return ROOT / f".cache/diagrams/{key(source)}.svg"


def sources(docs: Path = ROOT / "docs") -> Iterator[tuple[Path, int, str]]:
    """Each diagram of the pages below `docs`: its file, the line of its fence and its source."""
    for path in sorted(docs.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            yield path, text.count("\n", 0, fence.start()) + 1, textwrap.dedent(fence["source"])


def can_draw() -> str:
    """An empty string, or why diagrams can't be drawn here."""
    if not CHROMIUM.exists():
        return f"no {CHROMIUM}"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "no Playwright in this environment"
    return ""


def draw(wanted: list[tuple[Path, int, str]]) -> Iterator[tuple[str, str]]:
    """Draw each of `wanted`; yield its source and its SVG. Raise `BadDiagram` for one that mermaid refuses."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(DRAWER.as_uri())
        for path, line, source in wanted:
            try:
                yield source, page.evaluate("all => draw(...all)", [source, f"d{key(source)[:8]}", PALETTE])
            except Error as error:
                reason = " ".join(error.message.removeprefix("Page.evaluate: ").split("\n    at ")[0].split("\n"))
                raise BadDiagram(f"{path}:{line}: diagram: {reason}; mend the fence") from None
        browser.close()


def draw_missing(say: Callable[[str], None]) -> None:
    """Draw what has no drawing yet, with a line of progress."""
    wanted = {drawing(source): (path, line, source) for path, line, source in sources()}
    missing = [found for target, found in wanted.items() if not target.exists()]
    if not missing:
        return
    if reason := can_draw():
        say(f"{reason}: {len(missing)} diagrams are left to the reader's browser (make setup-test gets what draws)")
        return
    say(f"Drawing {len(missing)} of {len(wanted)} diagrams")
    for source, svg in draw(missing):
        target = drawing(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}")
        part.write_text(svg, encoding="utf-8")
        part.replace(target)
