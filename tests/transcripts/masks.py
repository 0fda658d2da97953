"""Named masks: what may differ between two runs of the same session (masks.toml)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("masks.toml")
MASKS: dict[str, dict[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
# What no mask may touch: a mask that hides such words could hide any difference.
PLAIN = "web01 is running\nerror: failed to start domain 'web01'\nState: shut off\nname: db01, 2 CPUs, 10 GiB\nok\n"


def faults(masks: dict[str, dict[str, str]]) -> list[str]:
    """What is wrong with a table of masks: no sample, a pattern that hits too much or nothing."""
    found = []
    for name, entry in masks.items():
        if missing := [key for key in ("pattern", "hits", "misses", "reason") if not entry.get(key)]:
            found.append(f"{FILE}: mask {name!r} has no {' and no '.join(missing)}; add it")
        elif re.search(entry["pattern"], entry["misses"]) or re.search(entry["pattern"], PLAIN):
            found.append(f"{FILE}: mask {name!r} hides what it must show; narrow its pattern")
        elif not re.search(entry["pattern"], entry["hits"]):
            found.append(f"{FILE}: mask {name!r} does not hit its sample; correct one of them")
    return found


def mask(text: str, names: list[str]) -> str:
    """Replace what the masks `names` match by `<name>`; unknown names raise KeyError with advice."""
    for name in names:
        if name not in MASKS:
            raise KeyError(f"no mask {name!r} in {FILE}; known are {', '.join(MASKS)}")
        text = re.sub(MASKS[name]["pattern"], f"<{name}>", text)
    return text
