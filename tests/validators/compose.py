"""Judge Compose files: the Compose specification's own schema (check-jsonschema, PyPI).

Verdict: `check-jsonschema --builtin-schema vendor.compose-spec`, the schema that the Compose project
publishes and `docker compose` reads. Before it the guide's strict YAML loader: a duplicate key or an
alias bomb is refused there. Source: compose-spec.io, check-jsonschema's documentation.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.validators import Problem, ToolMissing
from tests.validators._yaml import refused


def check_compose(path: Path) -> list[Problem]:
    """Return where `path` is no Compose file ([] = accepted)."""
    tool = Path(sys.executable).with_name("check-jsonschema")
    if not tool.exists():
        raise ToolMissing("check-jsonschema: pip install via make setup-test")
    broken = refused(path)
    if broken:
        return broken
    argv = [str(tool), "--builtin-schema", "vendor.compose-spec", "--output-format", "json", str(path)]
    try:
        judged = subprocess.run(argv, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        verdict = json.loads(judged.stdout)
    except subprocess.TimeoutExpired:
        return [Problem(None, "check-jsonschema gave no answer after 60 s")]
    except json.JSONDecodeError:
        return [Problem(None, f"check-jsonschema ended with status {judged.returncode}: {judged.stderr.strip()}")]
    if judged.returncode == 0 and verdict["status"] == "ok":
        return []
    found = [*verdict["parse_errors"], *verdict["errors"]] or [{"message": f"status {judged.returncode}"}]
    return [Problem(_line(path, e.get("path", "")), f"{e.get('path', '')}: {e['message']}".lstrip(": ")) for e in found]


def _line(path: Path, where: str) -> int | None:
    """The line of the last key of a JSON path such as $.services.web.ports."""
    key = where.rpartition(".")[2].partition("[")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:")), None)


FORMATS = {".compose.yaml": check_compose}
