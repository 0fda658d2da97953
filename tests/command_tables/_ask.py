"""Asking a tool: run it, read the options out of its help, put it into namespaces of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.validators import ToolMissing

QUIET = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "200", "TERM": "dumb", "PAGER": "cat"}
OPTION = re.compile(r"(?<![\w-])-{1,2}(?:\[no-\])?[A-Za-z0-9?][\w?-]*")


def need(program: str, package: str) -> str:
    """Return the path of `program`, Debian's own before any other; raise `ToolMissing` without one."""
    system = "/usr/bin:/usr/sbin:/bin:/sbin"
    path = program if os.access(program, os.X_OK) else shutil.which(program, path=system)
    if not path:
        raise ToolMissing(f"{program}: apt-get install {package} (it is listed in .ci/apt-test.txt)")
    return path


def run(
    argv: list[str], text: str = "", cwd: Path | None = None, limit: int = 60, **environment: str
) -> tuple[int, str]:
    """Run `argv`; return status and output (stderr merged). A signal or a timeout raises."""
    done = subprocess.run(
        argv, input=text, cwd=cwd, timeout=limit, env={**os.environ, **QUIET, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode < 0:
        raise RuntimeError(f"{' '.join(argv)}: killed by signal {-done.returncode}")
    return done.returncode, done.stdout


@cache
def output(*argv: str) -> str:
    """The output of `argv`, asked for once a test session."""
    return run(list(argv))[1]


def isolated(*argv: str) -> list[str]:
    """`argv` in mount, network and PID namespaces of its own; what it changes dies with it."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    flags = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return [need("unshare", "util-linux"), *user, *flags, *argv]


def options_in(text: str) -> set[str]:
    """The options that a help text explains: those that start a line, with their short forms."""
    found = set()
    for line in text.splitlines():
        if head := re.match(r"\s*(?:\[ ?)?(-\S.*?)(?:\s{2,}|\t|$)", line):
            for option in OPTION.findall(head[1]):
                found |= {option.replace("[no-]", ""), option.replace("[no-]", "no-")}
    return found


def unknown(words: Iterable[str], known: set[str]) -> Iterator[str]:
    """The options among `words` that are not in `known`; a bare -- ends the options."""
    for word in words:
        if word == "--":
            return
        name = word.split("=")[0]
        if not OPTION.fullmatch(name) or re.fullmatch(r"-\d+", name) or name in known:
            continue
        cluster = not name.startswith("--") and all(f"-{letter}" in known for letter in name[1:])
        if not cluster:
            yield name
