"""qemu-img and the QEMU monitor: each example runs, in the order of its table.

qemu-img works in an empty folder. The monitor's commands go through QMP's human-monitor-command to a
real QEMU with a disk, a CD drive, a network card and a balloon, in namespaces of its own.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tempfile
import time
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
    """Give `commands` to the monitor of a new QEMU; return its answers ("" for `quit`, which is given last)."""
    program, image = need(QEMU, "qemu-system-x86"), need("qemu-img", "qemu-utils")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([image, "create", "-q", "-f", "qcow2", "web01.qcow2", "64M"], cwd=folder)
        (folder / "debian-12.iso").write_bytes(bytes(1 << 20))
        argv = ["timeout", "--signal=KILL", "60", *isolated(program, *MACHINE)]
        pipe = subprocess.PIPE
        with subprocess.Popen(argv, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True) as qemu:
            _call(qemu, "qmp_capabilities")
            answers = ["" if command == "quit" else _monitor(qemu, command) for command in commands]
            # QEMU 7.2 may crash when it is told to quit while a migration is being cancelled.
            while _call(qemu, "query-migrate").get("status") in ("setup", "active", "cancelling"):
                time.sleep(0.05)
            _call(qemu, "quit")
        if qemu.returncode:
            raise RuntimeError(f"{QEMU} ended with status {qemu.returncode}")
    return answers


def _monitor(qemu: subprocess.Popen, command: str) -> str:
    """What QEMU's monitor prints for `command`."""
    return _call(qemu, "human-monitor-command", **{"command-line": command})


def _call(qemu: subprocess.Popen, execute: str, **arguments: str) -> dict | str:
    """The answer to one QMP call, an error's text too; raise when QEMU ends without one."""
    qemu.stdin.write(json.dumps({"execute": execute, "arguments": arguments, "id": "call"}) + "\n")
    qemu.stdin.flush()
    said = ""
    for line in qemu.stdout:
        said += line
        if re.match(r'\{.*"id": "call"', line):
            reply = json.loads(line)
            return reply.get("return", str(reply.get("error", "")))
    raise RuntimeError(f"QEMU gave no answer to {execute} {arguments}:\n{said[-2000:]}")


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
