"""The places `xen-lab` and `kvm-lab`: a fresh machine for one case, or two that a network joins."""

from __future__ import annotations

import base64
import io
import socket
import tarfile
from pathlib import Path

from tests.lab import image, state
from tests.lab.labs import Lab
from tests.lab.machine import Machine
from tests.lab.terminal import talk
from tests.transcripts.shell import LabError, Shell

HOMES = {"root": "/root", "student": "/home/student"}
JOIN = Path(__file__).with_name("join.sh")
JOIN_LIMIT = 60  # seconds


class Hosts:
    """The machines of a case, started from the saved state; they end without a trace."""

    def __init__(
        self, lab: Lab, files: list[Path], services: tuple[str, ...] = (), hosts: tuple[str, ...] | None = None
    ):
        """Start the hosts, with copies of `files` in the homes; the service web01 is a guest on the first one."""
        self.hosts = hosts or lab.hosts[:1]
        if unknown := set(services) - {"web01"}:
            raise LabError(f"no service {unknown.pop()!r} in the {lab.title}; known: web01")
        if self.hosts not in (lab.hosts[:1], lab.hosts):
            raise LabError(f"hosts = {list(self.hosts)}: the {lab.title} has {lab.hosts[0]}, or {list(lab.hosts)}")
        self.machines: dict[str, Machine] = {}
        self.shells: dict[tuple[str, str], Shell] = {}
        wires = socket.socketpair() if len(self.hosts) == 2 else (None,)
        try:
            made = image.ensure(lab)
            for host, wire in zip(self.hosts, wires, strict=True):
                guest = "web01" in services and host == lab.hosts[0]
                self.machines[host] = machine = state.start(made, guest, wire)
                for user, home in HOMES.items():
                    end = machine.channel[user].fileno()
                    self.shells[host, user] = Shell(end, end, home)
            if len(self.hosts) == 2:
                self._join()
            for host in self.hosts if files else ():
                for home in HOMES.values():
                    self.put(files, home, host)
        except BaseException:
            self.close()
            raise
        finally:
            for wire in filter(None, wires):
                wire.close()

    def shell(self, host: str, user: str) -> Shell:
        """The long-lived shell of `user` (root or student) on `host`."""
        return self.shells[host, user]

    def visit(self) -> None:
        """Give the person at the terminal a root shell on the first host; ends when they leave it."""
        first = self.hosts[0]
        talk(self.machines[first].channel["tty"], self.shells[first, "root"])

    def close(self) -> None:
        """End the machines."""
        for machine in self.machines.values():
            machine.close()

    def put(self, files: list[Path], folder: str, host: str) -> None:
        """Copy files and folders of this machine into `folder` on `host`, owned by the folder's user."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for file in files:
                archive.add(file, file.name, filter=_plain)
        text = base64.b64encode(packed.getvalue()).decode()
        user = next((u for u, home in HOMES.items() if folder.startswith(home)), "root")
        command = f"mkdir -p {folder} && base64 -d <<< {text} | tar -xzf - --no-same-owner -C {folder}"
        output, status, _ = self.shells[host, user].run(command, 60)
        if status:
            raise LabError(f"the files of the case did not reach the lab: {output.strip()[-300:]}")

    def _join(self) -> None:
        """Make the second machine, a copy of the first, a host of its own that the first one knows."""
        script = JOIN.read_text(encoding="utf-8")
        for number, host in enumerate(self.hosts, 1):
            command = f"(bash -s {number} {' '.join(self.hosts)} <<'JOIN'\n{script}\nJOIN\n)"
            output, status, _ = self.shells[host, "root"].run(command, JOIN_LIMIT)
            if status:
                raise LabError(f"{host} can't be joined: {output.strip()[-500:]}")


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
