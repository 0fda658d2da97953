"""What a pull request may bring into docs/ and snippets/: plain text of known kinds, and no markup of its own.

Part of `python -m tests.pages`. One line a problem: file, line, reason, what to do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from overrides.blocks import model, plain
from overrides.blocks.model import BadData
from tests import markup

KINDS = {".css", ".js", ".json", ".md", ".svg", ".yml"}  # what docs/ may hold; MkDocs publishes whatever lies there
IMAGES = {".avif", ".png", ".webp", ".woff2"}
MAX_IMAGE = 500_000  # bytes
SVG = re.compile(
    r"<!|<\?(?!xml )|<\s*(?:\w+:)?(?:script|foreignObject|iframe|style|a|image|use)\b|\bon\w+\s*=|href\s*=", re.I
)
CSS = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//|expression\(|javascript:", re.I)


def problems(root: Path) -> Iterator[str]:
    """All that is hostile or broken in the files below `root`, before anything else reads them."""
    for path in sorted((root / "docs").rglob("*")):
        if path.is_symlink():
            if not path.resolve().is_relative_to((root / "node_modules").resolve()):
                yield f"{path}:1: is a symbolic link; put the file itself here"
        elif path.is_file():
            yield from (f"{path}:{line}: {reason}" for line, reason in _published(path))
    for folder in sorted((root / "snippets").glob("*")):
        for path in (folder, *sorted(folder.glob("*"))) if not folder.is_symlink() else (folder,):
            if path.is_symlink() or not path.is_dir():
                yield f"{path}:1: is no folder; examples live in snippets/OBJECTIVE/CASE/"
            elif path != folder:
                yield from _case(path)


def _published(path: Path) -> Iterator[tuple[int, str]]:
    if path.suffix in IMAGES:
        if path.stat().st_size > MAX_IMAGE:
            yield 1, f"larger than {MAX_IMAGE} bytes; make the picture smaller"
        return
    if path.suffix not in KINDS:
        yield 1, f"a file of kind {path.suffix or path.name!r} is not published; docs/ holds {', '.join(sorted(KINDS))}"
        return
    if faults := list(plain.faults(path)):
        yield from faults
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        front = re.match(r"---\n(.*?)\n---\n", text, re.S)
        yield from markup.in_markdown(re.sub(r"[^\n]+", "", front[0]) + text[front.end() :] if front else text)
    elif pattern := {".svg": SVG, ".css": CSS}.get(path.suffix):
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, f"{found[0]!r} in a {path.suffix} file; remove it"


def _case(folder: Path) -> Iterator[str]:
    try:
        model.read_case(folder)
    except BadData as error:
        yield str(error)
        return
    for name in ("case.toml", "run.toml"):
        path = folder / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            yield from (f"{path}:{line}: {reason}" for line, reason in shown(tomllib.loads(text), text))


def shown(data: object, text: str) -> Iterator[tuple[int, str]]:
    """The markup in the strings of a data file or front matter, with the line of `text` where the string begins."""
    for value, reason in markup.in_data(data):
        start = text.find(value.split("\n")[0][:60])
        yield text.count("\n", 0, max(start, 0)) + 1, reason
