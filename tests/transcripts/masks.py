"""Named masks: what may differ between two runs of the same session (masks.toml)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("masks.toml")
MASKS: dict[str, dict[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def mask(text: str, names: list[str]) -> str:
    """Replace what the masks `names` match by `<name>`; unknown names raise KeyError with advice."""
    for name in names:
        if name not in MASKS:
            raise KeyError(f"no mask {name!r} in {FILE}; known are {', '.join(MASKS)}")
        text = re.sub(MASKS[name]["pattern"], f"<{name}>", text)
    return text
