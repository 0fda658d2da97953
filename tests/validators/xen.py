"""Judge xl.cfg and xl.conf files with Xen's own parser, boot entries with GRUB's.

Verdict: libxlutil 4.17 (Debian libxenmisc4.17), the library that xl reads its files with, called in a
child process (_xlu.py): syntax, lists and numbers, disk, pci and rate= strings. xl skips a key that it
does not know without a word, so key names are compared with the man pages of the same version
(xl.cfg(5), xl.conf(5), xl-network-configuration(5) of xen-utils-common), read when the test runs.
What only a Dom0 knows (is the bridge there? the kernel?) is not judged here.
Values that only xl itself looks at are compared with the same pages: what must be there, drive names, MAC
addresses, what follows the end of a domain, ranges of processors.
Boot entries: grub-script-check 2.06 (grub-common), the grammar that GRUB itself reads; it takes any word for
a command, so the commands are those that grub-mkconfig and its scripts write.
/etc/default/grub: shell for update-grub, so bash and shellcheck; its variables are those that
grub-mkconfig and the scripts in /etc/grub.d read.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.validators import Problem, ToolMissing, _xl_meaning, shell

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/libxlutil.so.4.17")
MAN = Path("/usr/share/man/man5")
CHILD = Path(__file__).with_name("_xlu.py")
GRUB_READS = (
    "/usr/sbin/grub-mkconfig",
    "/usr/share/grub/grub-mkconfig_lib",
    "/etc/grub.d/10_linux",
    "/etc/grub.d/20_linux_xen",
)
UNDOCUMENTED = {"loader"}  # hvmloader's path: xl reads it, xl.cfg(5) of 4.17 does not name it
ONLY_LISTS = ("disk", "vif", "vfb", "pci", "vnuma")  # xl takes some other lists as a plain string too
ITEM = re.compile(r'\.IX Item "([a-z][\w.]*)(?:=(.*))?"')


def check_xl_cfg(path: Path) -> list[Problem]:
    """Return the problems that Xen finds in a domain configuration ([] = accepted)."""
    return _judge(path, "xl.cfg", UNDOCUMENTED)


def check_xl_conf(path: Path) -> list[Problem]:
    """Return the problems that Xen finds in the host-wide xl.conf ([] = accepted)."""
    return _judge(path, "xl.conf", set())


def check_grub(path: Path) -> list[Problem]:
    """Return GRUB's own complaint about a boot entry ([] = accepted)."""
    if not shutil.which("grub-script-check"):
        raise ToolMissing("grub-script-check: apt-get install --no-install-recommends grub-common")
    run = _run(["grub-script-check", str(path)])
    if not run.returncode:
        written = set().union(*(re.findall(r"\b[a-z]\w*", s.read_text(encoding="utf-8")) for s in _grub_scripts()))
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        words = [(n, line.split()[0]) for n, line in lines if line.strip() and not line.strip().startswith(("#", "}"))]
        return [
            Problem(n, f"{word}: no script of grub-mkconfig writes this command")
            for n, word in words
            if word not in written
        ]
    found = re.search(r"error at line (\d+)", run.stderr)
    reasons = [r for r in re.findall(r"error: (.*)", run.stderr) if "memory" not in r]  # it says that at an early end
    text = reasons[0] if reasons else f"grub-script-check ended with status {run.returncode}: {run.stderr.strip()}"
    return [Problem(int(found[1]) if found else None, text)]


def check_grub_default(path: Path) -> list[Problem]:
    """Return what bash refuses in a file of /etc/default/grub.d, and variables that no GRUB script reads."""
    known = set().union(*(re.findall(r"\bGRUB_\w+", s.read_text(encoding="utf-8")) for s in _grub_scripts()))
    # SC2034: all of these variables are read by another program. SC2148: the file is sourced, never run.
    problems = [p for p in shell.check_shell(path) if not p.reason.startswith(("SC2034", "SC2148"))]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = re.fullmatch(r"(?:export )?(\w+)=(?:\"[^\"]*\"|'[^']*'|\S*)", line)
        if not found and line and not line.startswith("#"):
            problems.append(Problem(number, 'not a line of the form GRUB_NAME="VALUE"'))
        elif found and found[1] not in known:
            problems.append(Problem(number, f"{found[1]} is read by no GRUB script"))
    return problems


def _grub_scripts() -> list[Path]:
    for script in (scripts := [Path(name) for name in GRUB_READS]):
        if not script.is_file():
            raise ToolMissing(f"{script}: apt-get install --no-install-recommends grub-common grub2-common")
    return scripts


def _judge(path: Path, page: str, also: set[str]) -> list[Problem]:
    if not LIBRARY.exists():
        raise ToolMissing("libxlutil: apt-get install --no-install-recommends libxenmisc4.17")
    kinds = keys(page)
    wanted = {
        "lists": [k for k in ONLY_LISTS if k in kinds],
        "numbers": [k for k, values in kinds.items() if values == {"number"}],
        "domain": page == "xl.cfg",
    }
    run = _run([sys.executable, "-I", str(CHILD), str(path)], json.dumps(wanted))
    if run.returncode:
        return [Problem(None, f"libxlutil ended with status {run.returncode}: {run.stderr.strip()[-300:]}")]
    answer = json.loads(run.stdout)
    problems = [Problem(line, text) for line, text in answer["problems"]]
    problems += [
        Problem(line, f"{name!r} is no key of {page}(5); xl ignores it in silence")
        for line, name, _ in answer["settings"]
        if name not in kinds and name not in also
    ]
    if not answer["problems"]:
        problems += [Problem(*p) for p in _xl_meaning.choices(answer["settings"], choices(page))]
    if not answer["problems"] and page == "xl.cfg":
        problems += [Problem(*p) for p in _xl_meaning.domain(answer["settings"], answer["disks"])]
    for line, spec in ((n, spec) for n, name, values in answer["settings"] if name == "vif" for spec in values):
        words = {part.partition("=")[0].strip() for part in spec.split(",")} - {""}
        problems += [Problem(line, f"vif {spec!r}: no keyword {word!r}") for word in sorted(words - vif_keywords())]
    return sorted(problems, key=lambda p: p.line or 0)


@cache
def keys(page: str) -> dict[str, set[str]]:
    """Key -> kinds of value (list, number, text) of the man page; keys inside a specification don't count."""
    kinds: dict[str, set[str]] = {}
    depth = 0
    for line in _roff(page).split('.SH "OPTIONS"')[1].split('.SH "SEE ALSO"')[0].splitlines():
        depth += line.startswith(".RS") - line.startswith(".RE")
        if depth == 0 and (found := ITEM.match(line)) and found[2] is not None:
            value = found[2].strip()
            kind = "list" if value.startswith("[") else "text"
            if re.fullmatch(r"NUMBER|BOOLEAN|N|M|[MK]BYTES|COUNT", value):
                kind = "number"
            kinds.setdefault(found[1], set()).add(kind)
    return kinds


@cache
def choices(page: str) -> dict[str, list[str]]:
    """Key -> its values, for the keys whose heading lists them."""
    return {
        key: values.split("|")
        for key, values in re.findall(r'\.IX Item "([a-z]\w+)=([a-z\d]+(?:\|[a-z\d]+)+)"', _roff(page))
    }


@cache
def vif_keywords() -> set[str]:
    """The keywords of a vif string: the headings of xl-network-configuration(5)."""
    text = _roff("xl-network-configuration").split('.SH "Keywords"')[1]
    return {word for heading in re.findall(r'\.SS "([a-z /]+)"', text) for word in heading.split(" / ")}


def _roff(page: str) -> str:
    source = MAN / f"{page}.5.gz"
    if not source.is_file():
        raise ToolMissing(f"{source}: apt-get install --reinstall xen-utils-common (man pages kept by dpkg)")
    return gzip.decompress(source.read_bytes()).decode()


def _run(argv: list[str], text: str = "") -> subprocess.CompletedProcess:
    try:
        return subprocess.run(argv, input=text, capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", "no answer after 30 s")


FORMATS = {
    ".xl.cfg": check_xl_cfg,
    ".xl.conf": check_xl_conf,
    ".grub": check_grub,
    ".grub-default": check_grub_default,
}
