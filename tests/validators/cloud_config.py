"""cloud-init user data (.cloud-config.yaml): judged by `cloud-init schema` 22.4 (Debian cloud-init).

cloud-init checks the header and its JSON schema. That release says "valid" to a misspelt key at the
top level (nothing in its schema forbids extra keys), so the same schema is asked a second question:
is every key at the top one that some module of cloud-init reads? Source: cloud-init(1), `cloud-init schema`.
"""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from overrides.blocks import safe_yaml
from tests.validators import Problem, ToolMissing, _yaml

SCHEMA = Path("/usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json")


def check_cloud_config(path: Path) -> list[Problem]:
    """Return what cloud-init and its schema object to in `path` ([] = accepted)."""
    if not (shutil.which("cloud-init") and SCHEMA.exists()):
        raise ToolMissing("cloud-init: apt-get install --no-install-recommends cloud-init")
    if problems := _yaml.refused(path):
        return problems
    try:
        run = subprocess.run(
            ["cloud-init", "schema", "--config-file", path],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return [Problem(None, "cloud-init gave no answer after 60 s")]
    # "Error:" and an empty "Cloud config schema deprecations:" carry nothing.
    said = [line.strip() for line in f"{run.stdout}\n{run.stderr}".splitlines() if not line.strip().endswith(":")]
    if run.returncode or any("deprecations" in line for line in said):
        reason = "; ".join(line for line in said if line)
        return [Problem(None, reason or f"cloud-init ended with status {run.returncode}")]
    return [
        Problem(line_of(path, key), f"{key}: no module of cloud-init reads this key")
        for key in safe_yaml.load(path)
        if key not in known_keys()
    ]


@cache
def known_keys() -> frozenset[str]:
    """Every key that cloud-init's schema describes at the top level."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    def keys(node: dict) -> set[str]:
        found = set(node.get("properties", {}))
        if reference := node.get("$ref"):
            found |= keys(schema["$defs"][reference.removeprefix("#/$defs/")])
        for word in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(word, []):
                found |= keys(branch)
        return found

    return frozenset(keys(schema))


def line_of(path: Path, key: str) -> int | None:
    """Return the line on which the top-level `key` stands."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), None)


FORMATS = {".cloud-config.yaml": check_cloud_config}
