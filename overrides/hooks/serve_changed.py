"""Comfort for `make serve` (mkdocs serve --dirty): rebuild just the pages that a saved file is shown on.

MkDocs asks each page's file whether it changed and knows nothing of what the page includes. This hook
answers for the included snippets too, and for the data behind a page's fact blocks. A full build
(`make site`) rebuilds everything and does not ask.
"""

import os
import re
from pathlib import Path

from overrides.blocks.model import INCLUDE, ROOT

BLOCK = re.compile(r"^/// \w", re.M)


def on_files(files, config):
    """Teach each page's file what else it is made of."""
    data = [*ROOT.glob("docs/_data/**/*.yml"), *ROOT.glob("snippets/*/*/*.toml")]
    newest = max((_time(path) for path in data), default=0)
    for file in files.documentation_pages():
        text = file.content_string
        parts = [ROOT / "snippets" / found["path"] for found in INCLUDE.finditer(text)]
        changed = max([_time(Path(file.abs_src_path)), *map(_time, parts), newest if BLOCK.search(text) else 0])
        file.is_modified = lambda changed=changed, built=Path(file.abs_dest_path): changed > _time(built)
    return files


def _time(path: Path) -> float:
    """When `path` was last changed; 0 for one that is not there."""
    return os.path.getmtime(path) if path.exists() else 0
