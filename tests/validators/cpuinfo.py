"""Excerpts in the form of /proc/cpuinfo.

Verdict: `lscpu --sysroot DIR` (util-linux 2.38) reads the file as DIR/proc/cpuinfo and must show every
field of it with the value that stands there, at least vendor, model name and flags. A misspelt field name
makes the value disappear from its output, which is a problem.
Source: lscpu(1); Documentation/admin-guide and arch/x86/kernel/cpu/proc.c of Linux for the form.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

NEEDED = ("vendor_id", "model name", "flags")
SHOWN = {
    "vendor_id": "Vendor ID", "cpu family": "CPU family", "model": "Model", "model name": "Model name",
    "stepping": "Stepping", "flags": "Flags", "address sizes": "Address sizes",
}  # fmt: skip
COUNTED = ("processor", "cpu MHz")  # lscpu reads them and shows them in no form of their own
LINE = re.compile(r"([A-Za-z_]\w*(?: \w+)*)\t+: (.*\S)")


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
    shown = {key: value.strip() for key, _, value in (line.partition(":") for line in done.stdout.splitlines())}
    problems = [
        Problem(None, f"lscpu finds no {SHOWN[field]!r}; the field is spelt {field!r}")
        for field in NEEDED
        if SHOWN[field] not in shown
    ]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = LINE.fullmatch(line)
        if not found:
            problems.append(Problem(number, "not a line of the form NAME<tab>: VALUE"))
        elif found[1] not in COUNTED and shown.get(SHOWN.get(found[1])) != found[2]:
            problems.append(Problem(number, f"lscpu does not show {found[1]!r} with this value"))
    return problems


FORMATS = {".cpuinfo": check_cpuinfo}
