"""virsh: each example goes through virsh's own parser and is never carried out.

virsh parses a whole line before it starts the first command of it. So each example is given as
`EXAMPLE; no-such-command`: if virsh complains about the second part only, it took the first.
Package libvirt-clients; all examples go to one virsh on the built-in test driver.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import need, options_in, output, run, unknown

END = "end-of-example"


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    virsh = need("virsh", "libvirt-clients")
    lines = []
    for entry in entries:
        words = entry.words
        start = words.index(entry.command.split()[0])
        for option in unknown(words[1:start], options_in(output(virsh, "--help"))):
            yield entry, f"virsh has no option {option} before a command (virsh --help)"
        lines.append(f"{shlex.join(words[start:])}; {END}\n")
    _, text = run([virsh, "--quiet", "--connect", "test:///default"], text="".join(lines))
    answers = re.findall(r"^error: (.*)$", text, re.M)
    if len(answers) != len(entries):
        raise RuntimeError(f"virsh gave {len(answers)} answers to {len(entries)} examples:\n{text}")
    for entry, answer in zip(entries, answers, strict=True):
        if answer != f"unknown command: '{END}'":
            yield entry, f"virsh: {answer} (virsh help {entry.command})"


ORACLES = {
    "virsh": Oracle(
        _judge,
        program="virsh",
        manual=lambda entry: output(need("virsh", "libvirt-clients"), "help", entry.command),
        bad_command=("frobnicate", "virsh frobnicate web01"),
        bad_option=("start", "virsh start web01 --fast"),
    )
}
