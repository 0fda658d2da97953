"""Judge Vagrantfiles by Ruby and by Vagrant itself (Debian 12: vagrant 2.3.4, ruby 3.1).

Verdict: `ruby -c` (a Vagrantfile is a Ruby program), then `vagrant validate --ignore-provider`, which
runs the file and checks each setting that it makes; in a sandbox, since a Ruby program can do anything.
The settings inside a provider's block are left out: that check needs the provider's software (VirtualBox,
libvirt) on the machine. The Docker provider is part of Vagrant, but wants a running daemon; the case
vagrant-up checks it by starting it. Addresses are read too, since `validate` does not look at them; two
strings side by side are one to Ruby.
Source: vagrant's documentation (cli/validate), ruby(1).
"""

import contextlib
import ipaddress
import re
import shutil
from pathlib import Path

from tests.transcripts.sandbox import Sandbox
from tests.transcripts.shell import LabError, Shell
from tests.validators import Problem, ToolMissing

RUBY_LINE = re.compile(r"Vagrantfile:(\d+): (.*)")
WORDS = re.compile(r"[A-Za-z_]\w+")
SETTINGS = "VAGRANT_CHECKPOINT_DISABLE=1 VAGRANT_NO_COLOR=1"
SECONDS = 60
NOISE = ("==> ", "There are errors in the configuration", "the following errors and try again")


def check_vagrantfile(path: Path) -> list[Problem]:
    """Return what Ruby or Vagrant objects to in `path` ([] = accepted)."""
    for tool in ("ruby", "vagrant"):
        if not shutil.which(tool):
            raise ToolMissing(f"{tool}: apt-get install vagrant")
    with contextlib.closing(Sandbox([path])) as place:
        shell = place.shell("kvm1", "student")
        said, status = _run(shell, f"mkdir box && cd box && cp ../{path.name} Vagrantfile && ruby -c Vagrantfile")
        if status:
            found = RUBY_LINE.search(said)
            return [Problem(int(found[1]), found[2]) if found else Problem(None, said.strip())]
        said, status = _run(shell, f"env {SETTINGS} vagrant validate --ignore-provider")
    told = said.splitlines()
    if status == 0 and "validated successfully" in said:
        return _meaning(path)
    reasons = [line[2:] for line in told if line.startswith("* ")]
    reasons = reasons or [" ".join(t for t in told if t and not t.startswith(NOISE))[:400] or "no reason given"]
    return [Problem(_line(path, reason), reason) for reason in reasons]


def _meaning(path: Path) -> list[Problem]:
    """What Vagrant passes over: addresses that are none, a comma that was lost."""
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for address in re.findall(r"\bip: \"([^\"]*)\"", line):
            try:
                ipaddress.ip_address(address)
            except ValueError as error:
                problems.append(Problem(number, str(error)))
        if re.search(r"\"[^\"]*\" \"", line):
            problems.append(Problem(number, "no comma between two strings"))
    return problems


def _line(path: Path, reason: str) -> int | None:
    """The first line that holds the last word of the reason (Vagrant names the setting there)."""
    word = (WORDS.findall(reason.rpartition(":")[2]) or [""])[-1]
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if word and re.search(rf"\b{word}\b", line)), None)


def _run(shell: Shell, command: str) -> tuple[str, int]:
    try:
        return shell.run(command, SECONDS)[:2]
    except LabError as error:
        return str(error), 124


FORMATS = {".Vagrantfile": check_vagrantfile}
