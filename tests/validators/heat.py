"""Heat templates (.heat.yaml): judged by heat-engine 19.0 (Debian python3-heat), without a server.

A child process of Debian's own Python loads the engine with all its resource types and validates
sections, functions, references, attributes, property names and property values (see _heat_child.py).
Whether an image, a flavor or a network exists, only a cloud can say. Before that, our own YAML loader
refuses duplicate keys, which heat's loader would merge in silence. Source: OpenStack Heat, HOT guide.
"""

from pathlib import Path

from tests.validators import Problem, ToolMissing, _yaml
from tests.validators._worker import Silent, Worker

PYTHON = Path("/usr/bin/python3")
HEAT = Path("/usr/lib/python3/dist-packages/heat/engine")
CHILD = Path(__file__).with_name("_heat_child.py")
WORKER = Worker("heat", [PYTHON, "-I", CHILD], seconds=120)


def check_heat(path: Path) -> list[Problem]:
    """Return the reason why heat-engine refuses `path` ([] = accepted)."""
    if not HEAT.is_dir():
        raise ToolMissing("heat: apt-get install --no-install-recommends python3-heat")
    if problems := _yaml.refused(path):
        return problems
    try:
        reason = WORKER.ask({"path": str(path.resolve())})["reason"]
    except Silent as error:
        return [Problem(None, str(error))]
    return [Problem(None, reason)] if reason else []


FORMATS = {".heat.yaml": check_heat}
