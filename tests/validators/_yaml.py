"""What no YAML file of the guide may hold, whoever reads it later: duplicate keys, aliases, broken syntax."""

from pathlib import Path

from overrides.blocks import safe_yaml
from tests.validators import Problem


def refused(path: Path) -> list[Problem]:
    """Return what the guide's strict loader objects to in `path` ([] = nothing)."""
    try:
        safe_yaml.load(path)
    except safe_yaml.BadData as error:
        line, _, reason = str(error).removeprefix(f"{path}:").partition(": ")
        return [Problem(int(line), reason)]
    return []
