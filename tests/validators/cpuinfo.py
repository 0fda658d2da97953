"""Excerpts in the form of /proc/cpuinfo.

Verdict: `lscpu --sysroot DIR` (util-linux 2.38) reads the file as DIR/proc/cpuinfo and must find a
vendor, a model name and flags in it. A misspelt field name makes the value disappear from its
output, which is a problem.
Source: lscpu(1); Documentation/admin-guide and arch/x86/kernel/cpu/proc.c of Linux for the form.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

NEEDED = {"Vendor ID": "vendor_id", "Model name": "model name", "Flags": "flags"}


def check_cpuinfo(path: Path) -> list[Problem]:
    """Return what lscpu does not find in `path` ([] = it reads all that the guide shows)."""
    if not shutil.which("lscpu"):
        raise ToolMissing("lscpu: apt-get install util-linux")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "proc").mkdir()
        shutil.copy(path, root / "proc/cpuinfo")
        cpus = root / "sys/devices/system/cpu"
        cpus.mkdir(parents=True)
        for file in ("possible", "present", "online"):
            (cpus / file).write_text("0\n")
        done = subprocess.run(
            ["lscpu", "--sysroot", root], capture_output=True, text=True, timeout=20, env={"LC_ALL": "C"}
        )
    if done.returncode:
        return [Problem(None, f"lscpu ended with status {done.returncode}: {done.stderr.strip()}")]
    found = {line.partition(":")[0] for line in done.stdout.splitlines()}
    return [
        Problem(None, f"lscpu finds no {shown!r}; the field is spelt {field!r}")
        for shown, field in NEEDED.items()
        if shown not in found
    ]


FORMATS = {".cpuinfo": check_cpuinfo}
