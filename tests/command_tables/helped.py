"""lxc-*, docker and packer: tools whose own help or parser answers without a server.

docker's real client parses each example and then finds no daemon, which is how a good example ends.
lxc-* and packer: the options of `PROGRAM --help` and `packer VERB -h`; what follows -- in lxc-create
is held against the template's help. Packages lxc, docker.io, packer.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import OPTION, isolated, need, options_in, output, run, unknown

SILENT = {"lxc-checkconfig", "lxc-config"}  # no options; lxc-checkconfig prints no help
TEMPLATES = Path("/usr/share/lxc/templates")
NO_DAEMON = re.compile(r"Cannot connect to the Docker daemon|error during connect|from a non TTY device")


def _lxc_help(program: str) -> str:
    """The help; lxc-device gives even that to root only, so ask as root of a namespace."""
    return output(*isolated(need(program, "lxc"), "--help"))


def _judge_lxc(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    need("lxc-start", "lxc")
    for entry in entries:
        words = entry.words[1:]
        if not re.fullmatch(r"lxc-[a-z-]+", entry.program) or not Path("/usr/bin", entry.program).exists():
            yield entry, f"package lxc has no program {entry.program}"
            continue
        silent = entry.program in SILENT
        text = "" if silent else _lxc_help(entry.program)
        usage = [line for line in text.splitlines() if entry.program in line]
        known = {"-l"} if silent else options_in(text) | set(OPTION.findall("\n".join(usage)))
        for option in unknown(words, known):
            yield entry, f"{entry.program} has no option {option} ({entry.program} --help)"
        if entry.program == "lxc-create" and "--" in words:
            template = words[words.index("-t") + 1]
            text = output(str(TEMPLATES / f"lxc-{template}"), "--help")
            for option in unknown(words[words.index("--") + 1 :], options_in(text)):
                yield entry, f"the template {template} has no option {option}"


def _judge_docker(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    docker = need("docker", "docker.io")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Dockerfile").write_text("FROM scratch\n")
        (folder / "web.tar").write_bytes(b"")
        (folder / "index.html").write_text("")
        home = {"DOCKER_HOST": f"unix://{folder}/no.sock", "DOCKER_CONFIG": name, "DOCKER_BUILDKIT": "0"}
        for entry in entries:
            if f"docker {entry.command}" not in output(docker, *entry.command.split(), "--help"):
                yield entry, f"docker has no command {entry.command!r} (docker --help)"
                continue
            status, text = run([docker, *entry.words[1:]], cwd=folder, **home)
            if not NO_DAEMON.search(text) and (status or "Usage:" in text):
                yield entry, f"docker: {text.strip()[:160]} (docker {entry.command} --help)"


@cache
def _packer() -> set[str]:
    text = output(need("packer", "packer"), "-h")
    return set(re.findall(r"^    ([a-z0-9_]+)", text, re.M))


def _judge_packer(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.command not in _packer():
            yield entry, f"packer has no command {entry.command!r} (packer -h)"
            continue
        text = output(need("packer", "packer"), entry.command, "-h")
        usage = set(re.findall(r" (-[a-z-]+)=", text.split("\n", 1)[0]))
        for option in unknown(entry.words[2:], options_in(text) | usage):
            yield entry, f"packer {entry.command} has no option {option} (packer {entry.command} -h)"


ORACLES = {
    "lxc": Oracle(
        _judge_lxc,
        manual=lambda entry: _lxc_help(entry.program),
        bad_command=("lxc-frobnicate", "lxc-frobnicate -n ct1"),
        bad_option=("lxc-start", "lxc-start -n ct1 --fast"),
    ),
    "docker": Oracle(
        _judge_docker,
        program="docker",
        manual=lambda entry: output(need("docker", "docker.io"), *entry.command.split(), "--help"),
        bad_command=("frobnicate", "docker frobnicate web01"),
        bad_option=("run", "docker run --fast debian:12"),
    ),
    "packer": Oracle(
        _judge_packer,
        program="packer",
        manual=lambda entry: output(need("packer", "packer"), entry.command, "-h"),
        bad_command=("frobnicate", "packer frobnicate web.json"),
        bad_option=("build", "packer build -fast web.json"),
        verbs=_packer,
    ),
}
