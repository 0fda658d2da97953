"""Judge Compose files: the Compose specification's own schema (check-jsonschema, PyPI).

Verdict: `check-jsonschema --builtin-schema vendor.compose-spec`, the schema that the Compose project
publishes and `docker compose` reads, then the code of docker-compose (Debian 12: 1.29), which also
follows references, in a folder with empty stand-ins for files and build folders. Before them the guide's strict YAML
loader: a duplicate key or an alias bomb is refused there. Source: compose-spec.io, check-jsonschema's documentation.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from overrides.blocks import safe_yaml
from tests.validators import Problem, ToolMissing
from tests.validators._yaml import refused

PYTHON = "/usr/bin/python3"
COMPOSE = Path("/usr/lib/python3/dist-packages/compose")
CHILD = """
from compose.config import config, serialize
from compose.config.environment import Environment
from compose.project import Project
from unittest.mock import MagicMock
from docker.utils import parse_bytes
conf = config.load(config.find(".", ["docker-compose.yml"], Environment()))
serialize.serialize_config(conf)
Project.from_config("judged", conf, MagicMock())
for service in conf.services:
    name = service["name"]
    for secret in service.get("secrets", []):
        if secret.source not in conf.secrets:
            print(f"{name}: no secret {secret.source!r}")
    for port in service.get("ports", []):
        if not all(0 < int(p) < 65536 for p in (port.published, port.target) if p):
            print(f"{name}: ports end at 65535")
    if service.get("restart", {}).get("Name", "always") not in ("", "no", "always", "on-failure", "unless-stopped"):
        print(f"{name}: no restart policy {service['restart']['Name']!r}, see docker-run(1)")
    parse_bytes(service.get("deploy", {}).get("resources", {}).get("limits", {}).get("memory", 0))
if not conf.services:
    print("no service in this file")
"""


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
        return _resolved(path)
    found = [*verdict["parse_errors"], *verdict["errors"]] or [{"message": f"status {judged.returncode}"}]
    return [Problem(_line(path, e.get("path", "")), f"{e.get('path', '')}: {e['message']}".lstrip(": ")) for e in found]


def _resolved(path: Path) -> list[Problem]:
    """What docker-compose's own code says when it resolves the file, as `docker-compose up` does first."""
    if not COMPOSE.is_dir():
        raise ToolMissing("docker-compose: apt-get install docker-compose")
    with tempfile.TemporaryDirectory() as folder:
        for service in safe_yaml.load(path).get("services", {}).values():
            for name in service.get("env_file", []):
                Path(folder, Path(name).name).touch()
            if isinstance(build := service.get("build"), dict):
                Path(folder, Path(build["context"]).name).mkdir(exist_ok=True)
        shutil.copy(path, Path(folder, "docker-compose.yml"))
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run([PYTHON, "-I", "-c", CHILD], cwd=folder, env=environment, capture_output=True,
                                  text=True, timeout=60, stdin=subprocess.DEVNULL)  # fmt: skip
        except subprocess.TimeoutExpired:
            return [Problem(None, "docker-compose gave no answer after 60 s")]
    if done.returncode:
        return [Problem(None, (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])]
    return [Problem(None, line) for line in done.stdout.splitlines()]


def _line(path: Path, where: str) -> int | None:
    """The line of the last key of a JSON path such as $.services.web.ports."""
    key = where.rpartition(".")[2].partition("[")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:")), None)


FORMATS = {".compose.yaml": check_compose}
