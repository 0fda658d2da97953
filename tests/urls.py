"""Addresses stay: what was published once is still built, or leads on. `python -m tests.urls` notes new pages.

docs/_data/urls.yml lists every address that the site ever had; docs/_data/moved.yml says where a page went that
is gone, and overrides/hooks/moved.py builds a page there that leads on. One line a problem: file, line, reason,
what to do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT, BadData

NOTED = ROOT / "docs/_data/urls.yml"
HEAD = "# Every address that the site ever had. Written by `make urls`; nothing leaves this list.\n"


def living(root: Path = ROOT) -> set[str]:
    """The addresses of the pages below `root`/docs."""
    docs = root / "docs"
    folders = (p.parent if p.name == "index.md" else p.with_suffix("") for p in docs.rglob("*.md"))
    return {"/" + "".join(f"{part}/" for part in folder.relative_to(docs).parts) for folder in folders}


def problems(root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the lists of addresses."""
    noted, leads = root / "docs/_data/urls.yml", root / "docs/_data/moved.yml"
    known, moved, pages = safe_yaml.load(noted), safe_yaml.load(leads), living(root)
    old = [entry["from"] for entry in moved]
    for address in known:
        if address not in pages and address not in old:
            yield f"{noted}:1: {address} was published and is gone; say in {leads} where it went"
    for address in sorted(pages - set(known)):
        yield f"{noted}:1: {address} is not listed; run make urls"
    for entry in moved:
        if entry["from"] in pages:
            yield f"{leads}:1: {entry['from']} is a page still; remove the entry or the page"
        if entry["from"] not in known:
            yield f"{leads}:1: {entry['from']} was never published; correct it"
        if entry["to"].partition("#")[0] not in pages:
            yield f"{leads}:1: {entry['from']} leads to {entry['to']}, which is no page; correct it"
    for address in {a for a in old if old.count(a) > 1}:
        yield f"{leads}:1: {address} leads to two pages; keep one"


def note(root: Path = ROOT) -> None:
    """Add the addresses of new pages to the list."""
    path = root / "docs/_data/urls.yml"
    known = set(safe_yaml.load(path)) if path.is_file() else set()
    path.write_text(HEAD + "".join(f"- {address}\n" for address in sorted(known | living(root))), encoding="utf-8")


if __name__ == "__main__":
    try:
        note()
        found = list(problems())
    except BadData as error:
        found = [str(error)]
    print("\n".join(found) if found else "urls: each address leads somewhere")
    sys.exit(1 if found else 0)
