"""qemu-img and the QEMU monitor: each example runs, in the order of its table.

qemu-img works in an empty folder. The monitor's commands go through QMP's human-monitor-command to a
real QEMU with a disk, a CD drive, a network card and a balloon, in namespaces of its own.
"""

from __future__ import annotations

import json
import re
import shlex
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import OPTION, isolated, need, output, run, unknown

QEMU = "qemu-system-x86_64"
WRONG = re.compile(
    r"^Error|^unknown command|Try \"help|unsupported option|\A.*(invalid|not found|[Uu]nknown).*\Z", re.M
)
MACHINE = shlex.split(
    "-S -display none -nodefaults -machine pc -accel tcg -m 256 -smp 2 -name web01 -vga std "
    "-drive file=web01.qcow2,if=none,id=disk0,format=qcow2 -device virtio-blk-pci,drive=disk0 "
    "-drive if=none,id=cd0,media=cdrom -device ide-cd,drive=cd0 "
    "-netdev user,id=net0 -device virtio-net-pci,netdev=net0,id=nic0 -device virtio-balloon-pci "
    "-device qemu-xhci -vnc unix:vnc.sock,password=on -qmp stdio"
)


@cache
def _syntax() -> dict[str, str]:
    """Verb -> its line in `qemu-img --help`."""
    text = output(need("qemu-img", "qemu-utils"), "--help")
    block = text.split("Command syntax:")[1].split("Command parameters:")[0]
    return {line.split()[0]: line for line in block.strip().splitlines()}


def _judge_img(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    program = need("qemu-img", "qemu-utils")
    with tempfile.TemporaryDirectory() as folder:
        for entry in entries:
            if entry.verb not in _syntax():
                yield entry, f"qemu-img has no command {entry.verb!r} (qemu-img --help)"
                continue
            bad = list(unknown(entry.words[2:], set(OPTION.findall(_syntax()[entry.verb]))))
            for option in bad:
                yield entry, f"qemu-img {entry.verb} has no option {option} (qemu-img --help)"
            status, text = (0, "") if bad else run([program, *entry.words[1:]], cwd=Path(folder))
            if status:
                yield entry, f"qemu-img {entry.verb} failed with {status}: {text.strip()[:200]}"


def _talk(commands: list[str]) -> list[str]:
    """Give `commands` to the monitor of a new QEMU; return its answers ("" for the last if it ended QEMU)."""
    program, image = need(QEMU, "qemu-system-x86"), need("qemu-img", "qemu-utils")
    calls = [{"execute": "qmp_capabilities"}]
    for number, command in enumerate(commands):
        calls.append({"execute": "human-monitor-command", "arguments": {"command-line": command}, "id": number})
    calls.append({"execute": "quit"})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([image, "create", "-q", "-f", "qcow2", "web01.qcow2", "64M"], cwd=folder)
        (folder / "debian-12.iso").write_bytes(bytes(1 << 20))
        text = "".join(json.dumps(call) + "\n" for call in calls)
        _, said = run(isolated(program, *MACHINE), text=text, cwd=folder)
    replies = {}
    for line in said.splitlines():
        if re.match(r'\{.*"id": \d+', line):
            reply = json.loads(line)
            replies[reply["id"]] = reply.get("return", str(reply.get("error", "")))
    for number, command in enumerate(commands):
        if number not in replies and command != "quit":
            raise RuntimeError(f"QEMU gave no answer to {command!r}:\n{said[-2000:]}")
    return [replies.get(number, "") for number in range(len(commands))]


def _judge_monitor(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry, reply in zip(entries, _talk([entry.example for entry in entries]), strict=True):
        if WRONG.search(reply):
            yield entry, f"the monitor answers {reply.strip().splitlines()[0]!r} to {entry.example!r}"


ORACLES = {
    "qemu-img": Oracle(
        _judge_img,
        program="qemu-img",
        manual=lambda entry: _syntax()[entry.verb],
        bad_command=("frobnicate", "qemu-img frobnicate web01.qcow2"),
        bad_option=("create", "qemu-img create --fast web01.qcow2 1G"),
        verbs=lambda: set(_syntax()),
    ),
    "qemu-monitor": Oracle(
        _judge_monitor,
        manual=lambda entry: _talk([f"help {entry.command}"])[0],
        bad_command=("info frobnicate", "info frobnicate"),
        bad_option=("migrate", "migrate -Z tcp:192.0.2.12:4444"),
    ),
}
