"""The grammar of a session file, which is exactly what a reader sees.

    root@kvm1:~# qemu-img create -f qcow2 a.qcow2 1G      a prompt and its command
    > second line of the same command                     continuation: lines that start with "> "
    Formatting 'a.qcow2', fmt=qcow2 ...                   output, up to the next prompt

Every other line before the first prompt is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from overrides.blocks.model import Case

PROMPT = re.compile(
    r"^(?P<prompt>(?P<user>root|student)@(?P<host>[a-z][a-z0-9]*):(?P<cwd>[~/][^\s$#]*)(?P<sign>[$#])) (?P<command>.+)$"
)


class BadSession(ValueError):
    """A session file that can't be read; the text names file, line, reason and remedy."""


@dataclass
class Step:
    """One command with the output that the file shows. `line` is the prompt's line number."""

    line: int
    user: str
    host: str
    cwd: str
    prompt: str
    command: str
    output: str = ""

    def render(self) -> str:
        """The step as it stands in the file."""
        return f"{self.prompt} {self.command.replace(chr(10), chr(10) + '> ')}\n{self.output}"


def parse(text: str, path: Path) -> list[Step]:
    """Split `text` into steps; `path` is only for messages."""
    steps: list[Step] = []
    in_command = False
    for number, line in enumerate(text.splitlines(), 1):
        match = PROMPT.match(line)
        if match:
            if (match["user"] == "root") != (match["sign"] == "#"):
                raise BadSession(
                    f"{path}:{number}: prompt of {match['user']} ends with {match['sign']}; root has #, student has $"
                )
            steps.append(Step(number, match["user"], match["host"], match["cwd"], match["prompt"], match["command"]))
            in_command = True
        elif not steps:
            raise BadSession(
                f"{path}:{number}: output before the first prompt; start with a line like `root@kvm1:~# command`"
            )
        elif in_command and line.startswith("> "):
            steps[-1].command += "\n" + line[2:]
        else:
            in_command = False
            steps[-1].output += line + "\n"
    if not steps:
        raise BadSession(f"{path}:1: no prompt found; write a line like `root@kvm1:~# command`")
    return steps


def misleads(output: str) -> bool:
    """Tell whether `output` can't be read back from a file: it has a prompt, or begins like a command that goes on."""
    return output.startswith("> ") or any(PROMPT.match(line) for line in output.splitlines())


def strangers(case: Case) -> list[str]:
    """The commands that case.toml names and no session has."""
    typed = {step.command for path in case.sessions for step in parse(path.read_text(encoding="utf-8"), path)}
    named = [c for key in ("expects", "keys") for c in case.spec.get(key, {})]
    return [f"{case.folder}/case.toml:1: no session has the command {c!r}; correct it" for c in named if c not in typed]
