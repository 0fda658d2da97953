"""Heat templates (.heat.yaml): judged by heat-engine 19.0 (Debian python3-heat), without a server.

A child process of Debian's own Python loads the engine with all its resource types and validates
sections, functions, references, attributes, property names and property values (see _heat_child.py).
Whether an image, a flavor or a network exists, only a cloud can say. Before that, our own YAML loader
refuses duplicate keys, which heat's loader would merge in silence. Source: OpenStack Heat, HOT guide.
"""

import json
import subprocess
from pathlib import Path

from tests.validators import Problem, ToolMissing, _yaml

PYTHON = Path("/usr/bin/python3")
HEAT = Path("/usr/lib/python3/dist-packages/heat/engine")
CHILD = Path(__file__).with_name("_heat_child.py")


def check_heat(path: Path) -> list[Problem]:
    """Return the reason why heat-engine refuses `path` ([] = accepted)."""
    if not HEAT.is_dir():
        raise ToolMissing("heat: apt-get install --no-install-recommends python3-heat")
    if problems := _yaml.refused(path):
        return problems
    try:
        run = subprocess.run(
            [PYTHON, "-I", CHILD, path], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return [Problem(None, "heat gave no answer after 120 s")]
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return [Problem(None, f"heat ended with status {run.returncode}: {last}")]
    reason = json.loads(run.stdout.splitlines()[-1])[str(path)]
    return [Problem(None, reason)] if reason else []


FORMATS = {".heat.yaml": check_heat}
