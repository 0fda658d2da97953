"""Judge LXC container configuration by liblxc itself (Debian 12: lxc and python3-lxc 5.0).

Verdict: `Container.load_config` of python3-lxc, the call that lxc-start uses, in a child process of
Debian's own Python. It says only True or False; the reason comes from a second reader of the same
library, `lxc-info --rcfile=FILE`, which prints the line that liblxc refused. A key outside the `lxc.`
tree passes in silence, so each key is also asked back with `get_config_item`. liblxc passes over a line
without "=", and takes any text for some values that the kernel refuses later: these are judged here.
Source: lxc.container.conf(5), lxc-info(1).
"""

import re
import subprocess
import tempfile
from pathlib import Path

from tests.validators import Problem, ToolMissing

PYTHON = "/usr/bin/python3"  # the Python that Debian's binding is built for
KEY = re.compile(r"^\s*([^#\s=][^\s=]*)\s*=")
VALUES = {  # key: (what it may be, what it is), lxc.container.conf(5)
    re.compile(r"lxc\.net\.\d+\.flags"): (re.compile("up"), "no flag (up is the only one)"),
    re.compile(r"lxc\.net\.\d+\.hwaddr"): (re.compile(r"(?:[0-9a-fx]{2}:){5}[0-9a-fx]{2}", re.I), "no MAC address"),
}
REFUSED = re.compile(r'at line "(.*)"')
WHERE = re.compile(r"^\S+: \S+: \S+: \w+: \d+ ")  # program, container, source file, function, line
CHILD = """
import sys, lxc
box = lxc.Container("case", sys.argv[1])
if not box.load_config(sys.argv[2]):
    sys.exit(10)
for key in sys.argv[3:]:
    try:
        box.get_config_item(key)
    except KeyError:
        print(key)
"""


def check_lxc(path: Path) -> list[Problem]:
    """Return what liblxc refuses or ignores in `path` ([] = accepted)."""
    if _run([PYTHON, "-c", "import lxc"]).returncode:
        raise ToolMissing("python3-lxc: apt-get install python3-lxc lxc")
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = {m[1]: n for n, line in enumerate(lines, 1) if (m := KEY.match(line))}
    if not keys:
        return [Problem(None, "liblxc finds no key in this file; write lines such as lxc.uts.name = ct1")]
    strange = [key for key in keys if not key.startswith("lxc.")]
    with tempfile.TemporaryDirectory() as folder:
        loaded = _run([PYTHON, "-c", CHILD, folder, str(path.resolve()), *strange])
        if loaded.returncode == 10:
            return [_reason(path, folder, lines)]
    if loaded.returncode:
        return [Problem(None, f"liblxc ended with status {loaded.returncode}: {loaded.stderr.strip()}")]
    return [
        Problem(keys[key], f"liblxc does not know the key {key} and ignores it") for key in loaded.stdout.splitlines()
    ] + [Problem(n, text) for n, line in enumerate(lines, 1) if (text := _meaning(line))]


def _meaning(line: str) -> str:
    """What is wrong with a line that liblxc takes."""
    if not line.strip() or line.lstrip().startswith("#"):
        return ""
    key, equals, value = (part.strip() for part in line.partition("="))
    if not equals or value.startswith("="):
        return "not a line of the form KEY = VALUE"
    wrong = [
        text for name, (form, text) in VALUES.items() if name.fullmatch(key) and value and not form.fullmatch(value)
    ]
    return f"{key}: {value!r} is {wrong[0]}" if wrong else ""


def _reason(path: Path, folder: str, lines: list[str]) -> Problem:
    told = _run(
        ["lxc-info", "-n", "case", "-P", folder, "-l", "ERROR", "-o", f"{folder}/log", f"--rcfile={path.resolve()}"]
    ).stderr
    refused = REFUSED.search(told)
    number = next((n for n, line in enumerate(lines, 1) if refused and line.strip() == refused[1].strip()), None)
    first = told.splitlines()[0] if told else "liblxc refuses the file and names no reason"
    return Problem(number, WHERE.sub("", first))


def _run(argv: list[str]) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise ToolMissing(f"{argv[0]}: apt-get install lxc python3-lxc") from None
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", "no answer after 30 s")


FORMATS = {".lxc.conf": check_lxc}
