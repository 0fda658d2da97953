"""What no JSON file may hold, whoever reads it later: a key twice, endless nesting, anything after its end."""

import json
from pathlib import Path

from tests.validators import Problem


def refused(path: Path) -> list[Problem]:
    """Return what a strict reader objects to in `path` ([] = nothing)."""
    try:
        if isinstance(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once), dict):
            return []
    except Twice as error:
        return [Problem(1, str(error))]
    except RecursionError:
        return [Problem(1, "nested too deep; flatten it")]
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return [Problem(error.lineno, str(error))]
        return []  # the software itself says it in its own words
    return [Problem(1, "is not a JSON object")]


class Twice(ValueError):
    """A key stands twice in one object."""


def once(pairs: list[tuple[str, object]]) -> dict:
    """Build a JSON object that holds no key twice."""
    keys = [key for key, _ in pairs]
    if double := sorted({key for key in keys if keys.count(key) > 1}):
        raise Twice(f"key {double[0]!r} stands twice; keep one")
    return dict(pairs)
