"""Configuration files around libvirt: .libvirtd.conf, .qemu.conf, .dnsmasq.conf.

- libvirtd.conf and qemu.conf: Augeas 1.14 (Debian augeas-tools) with the lenses that libvirt 9.0 ships. They
  know every key and its type; the daemon itself passes over a misspelt key in silence.
- dnsmasq: dnsmasq 2.90's own `--test` (syntax and names of options).
Sources: augtool(1), dnsmasq(8).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from tests.validators import Problem, ToolMissing

LENSES = Path("/usr/share/augeas/lenses")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SECONDS = 30


def check_augeas(path: Path, lens: str, module: str) -> list[Problem]:
    """Return where libvirt's own lens can't read `path` ([] = accepted)."""
    if not (LENSES / module).exists():
        raise ToolMissing("libvirt's lenses: apt-get install --no-install-recommends libvirt-daemon-system")
    with tempfile.TemporaryDirectory(prefix="guide-augeas-") as folder:  # no pattern characters in this name
        copy = shutil.copy(path, Path(folder, "judged.conf"))
        done = run(
            *("augtool", "--noautoload", "--noload", "--transform", f"{lens} incl {copy}"),
            package="augeas-tools",
            stdin=f"load\nprint /augeas/files{copy}\n",
        )
    said = dict(re.findall(r'^/augeas/\S*?judged\.conf/(\S+) = "(.*)"$', done.stdout, re.M))
    if "error" in said:
        return [Problem(int(said.get("error/line", 1)), f"{said['error']}: {said.get('error/message', 'no message')}")]
    if done.returncode or "path" not in said:
        return [Problem(None, f"augtool did not read it (status {done.returncode}): {done.stderr.strip()}")]
    return []


def check_dnsmasq(path: Path) -> list[Problem]:
    """Return what dnsmasq finds in `path`; it stops at the first fault."""
    done = run("dnsmasq", "--test", f"--conf-file={path}", package="dnsmasq-base")
    return [] if not done.returncode else problems(done, r"(?:dnsmasq: )?(?P<reason>.* at line (?P<line>\d+) of .*)")


def problems(done: subprocess.CompletedProcess, pattern: str) -> list[Problem]:
    """The lines of stderr that `pattern` fits, else all of stderr as one problem."""
    found = [m for m in map(re.compile(pattern).fullmatch, done.stderr.splitlines()) if m]
    if not found:
        return [Problem(None, f"status {done.returncode}: {done.stderr.strip() or 'no message'}")]
    return [Problem(int(m["line"]) if m["line"] else None, m["reason"].strip()) for m in found]


def run(*argv: str, package: str, stdin: str = "") -> subprocess.CompletedProcess:
    """Run a judge with a time limit and a fixed locale; a signal or a hang becomes its message."""
    if not shutil.which(argv[0], path=PATH):
        raise ToolMissing(f"{argv[0]}: apt-get install --no-install-recommends {package}")
    try:
        return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=SECONDS,
                              env={"PATH": PATH, "LC_ALL": "C.UTF-8"})  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", f"{argv[0]} gave no answer after {SECONDS} s")


FORMATS = {
    ".libvirtd.conf": partial(check_augeas, lens="Libvirtd.lns", module="libvirtd.aug"),
    ".qemu.conf": partial(check_augeas, lens="Libvirtd_qemu.lns", module="libvirtd_qemu.aug"),
    ".dnsmasq.conf": check_dnsmasq,
}
