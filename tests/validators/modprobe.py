"""Judge files of /etc/modprobe.d by what kmod takes of them.

Verdict: `modprobe -C DIR --showconfig` (kmod 30), the code that modprobe runs before it loads a
module. It skips a line that it does not know, says so on standard error and still returns 0:
anything on standard error is a problem. A file of which nothing reaches the configuration is one too.
Source: modprobe.d(5), modprobe(8).
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

LINE = re.compile(r"line (\d+): (.*)")


def check_modprobe(path: Path) -> list[Problem]:
    """Return the lines of `path` that kmod ignores ([] = it takes them all)."""
    modprobe = shutil.which("modprobe", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not modprobe:
        raise ToolMissing("modprobe: apt-get install kmod")
    with tempfile.TemporaryDirectory() as folder:
        bare = _showconfig(modprobe, folder)
        shutil.copy(path, Path(folder) / "case.conf")
        shown = _showconfig(modprobe, folder)
    if shown.returncode:
        return [Problem(None, f"modprobe ended with status {shown.returncode}: {shown.stderr.strip()}")]
    problems = [_problem(line) for line in shown.stderr.splitlines()]
    if not problems and shown.stdout == bare.stdout:
        problems.append(Problem(None, "kmod reads nothing from this file; write a directive such as options"))
    return problems


def _showconfig(modprobe: str, folder: str) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(
            [modprobe, "-C", folder, "--showconfig"],
            capture_output=True,
            text=True,
            timeout=20,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([], 124, "", "no answer after 20 s")


def _problem(message: str) -> Problem:
    found = LINE.search(message)
    return Problem(int(found[1]), found[2]) if found else Problem(None, message)


FORMATS = {".modprobe.conf": check_modprobe}
