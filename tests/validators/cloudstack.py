"""Configuration of the CloudStack client `cs` (.cloudstack.ini): judged by cs 2.7.1 (Debian python3-cs).

Debian's Python reads the file with the client's own `read_config`, section by section (a section is a
region), then builds the client from it. The client drops a key that it does not know in silence; here
that is a problem. No request leaves the machine. Source: cs, README and `cs.client`.
"""

import json
import subprocess
from pathlib import Path

from tests.validators import Problem, ToolMissing

PYTHON = Path("/usr/bin/python3")
CS = Path("/usr/lib/python3/dist-packages/cs/client.py")
CHILD = """
import json, sys
from configparser import ConfigParser, Error
from cs import CloudStack, client
problems = []
try:
    conf = ConfigParser()
    conf.read(sys.argv[1])
    if not conf.sections():
        problems.append("no section: the client looks for [cloudstack]")
    for region in conf.sections():
        known = client.REQUIRED_CONFIG_KEYS | client.ALLOWED_CONFIG_KEYS
        problems += [f"[{region}] {k}: the client does not know this key" for k in conf[region]
                     if not client.check_key(k, known)]
        config = client.read_config(region)
        config.pop("name", None)
        CloudStack(**config)
except (Error, ValueError, TypeError, SystemExit) as error:
    problems.append(f"{error}")
print(json.dumps(problems))
"""


def check_cloudstack(path: Path) -> list[Problem]:
    """Return what the client objects to in `path` ([] = accepted)."""
    if not CS.exists():
        raise ToolMissing("cs: apt-get install --no-install-recommends cs")
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "CLOUDSTACK_CONFIG": str(path.resolve()),
        "LC_ALL": "C.UTF-8",
    }
    try:
        run = subprocess.run(
            [PYTHON, "-I", "-c", CHILD, path.resolve()],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return [Problem(None, "cs gave no answer after 60 s")]
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return [Problem(None, f"cs ended with status {run.returncode}: {last}")]
    return [Problem(None, reason) for reason in json.loads(run.stdout)]


FORMATS = {".cloudstack.ini": check_cloudstack}
