"""A lab machine under QEMU's software emulation: started cold once, then from its saved state.

All that QEMU and the host share are inherited file descriptors and unlinked files: no socket, overlay or
log has a name, so nothing can be left behind, and QEMU is killed with its parent (setpriv --pdeathsig).
Source: qemu-system(1) 7.2 (-incoming, -chardev socket fd=), QMP reference, xen(7) command line.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.lab.accel import kvm_works
from tests.lab.image import Image, search_path
from tests.transcripts.shell import LabError

CHANNELS = ("qmp", "root", "student", "tty")
RESUME_LIMIT = 60


def with_hardware(image: Image) -> bool:
    """Whether the lab runs with this machine's KVM: for a person (`make lab`), where it works.

    Sessions are proved on the emulated machine, which is the same everywhere: an Intel host has other modules.
    """
    return bool(image.lab.hardware) and os.environ.get("LAB_KVM") == "1" and kvm_works(image)


def options(image: Image) -> list[str]:
    """The machine, without what differs from start to start. A saved state fits these options only."""
    folder = str(image.folder).replace(",", ",,")
    return [
        "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-machine", "q35", "-smp", "2",
        *(image.lab.hardware if with_hardware(image) else image.lab.emulated),
        *(word.replace("{folder}", folder) for word in image.lab.machine),
        "-device", "virtio-rng-pci", "-device", f"virtio-net-pci,netdev=n0,mac={image.lab.mac},romfile=",
        "-device", "virtio-serial-pci",
        "-device", "virtserialport,chardev=root,name=root", "-device", "virtserialport,chardev=student,name=student",
        "-device", "virtconsole,chardev=tty",
    ]  # fmt: skip


class Machine:
    """A running QEMU with the channels qmp, root, student and tty."""

    def __init__(self, image: Image, disks: list[Path], state: Path | None = None, wire: socket.socket | None = None):
        """Start on `disks`, which are written; cold or from `state` (then `resume` it); `wire` leads to another one."""
        self.log = tempfile.TemporaryFile(prefix="guide-console-")  # noqa: SIM115
        self.loader: subprocess.Popen | None = None
        self.process: subprocess.Popen | None = None
        self.events: list[str] = []
        theirs = {}
        self.channel: dict[str, socket.socket] = {}
        for name in CHANNELS:
            self.channel[name], theirs[name] = socket.socketpair()
        net = f"socket,id=n0,fd={wire.fileno()}" if wire else "hubport,id=n0,hubid=0"
        ours = ["bash", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(os.getpid())]  # not if we died before setpriv
        command = ["setpriv", "--pdeathsig", "KILL", *ours, "qemu-system-x86_64", "-netdev", net, *options(image)]
        for name, end in theirs.items():
            command += ["-chardev", f"socket,id={name},fd={end.fileno()}"]
        command += ["-mon", "chardev=qmp,mode=control"]
        serial = os.open(f"/proc/self/fd/{self.log.fileno()}", os.O_WRONLY | os.O_APPEND)
        command += ["-add-fd", f"fd={serial},set=1", "-serial", "file:/dev/fdset/1"]
        inherited = [serial, *(end.fileno() for end in theirs.values()), *([wire.fileno()] if wire else [])]
        try:
            for disk in disks:
                command += ["-drive", f"file={str(disk).replace(',', ',,')},if=virtio,format=qcow2,cache=unsafe"]
            if state:
                self.loader = subprocess.Popen(["zstd", "-dcq", state], stdout=subprocess.PIPE, stderr=self.log)
                inherited.append(self.loader.stdout.fileno())
                command += ["-incoming", f"fd:{self.loader.stdout.fileno()}"]
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, pass_fds=inherited,
                start_new_session=True, env={"PATH": search_path(), "TMPDIR": "/var/tmp"},
            )  # fmt: skip
            os.close(serial)
            for end in theirs.values():
                end.close()
            if self.loader:
                self.loader.stdout.close()
            self._greet()
        except BaseException:
            self.close()
            raise

    def qmp(self, command: str, **arguments) -> dict:
        """Send a QMP command and return its answer."""
        try:
            self.channel["qmp"].sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
            while True:
                line = self._lines.readline()
                if not line:
                    raise LabError(f"QEMU ended during {command}{self.tail()}")
                answer = json.loads(line)
                if "error" in answer:
                    raise LabError(f"QEMU refused {command}: {answer['error']['desc']}{self.tail()}")
                if "return" in answer:
                    return answer["return"]
                self.events.append(answer.get("event", ""))
        except (OSError, ValueError) as error:
            raise LabError(f"QEMU does not answer {command}: {error}{self.tail()}") from None

    def resume(self, limit: float = RESUME_LIMIT) -> None:
        """Let a machine run on whose state has been loaded."""
        end = time.monotonic() + limit
        while (status := self.qmp("query-status")["status"]) == "inmigrate":
            if time.monotonic() > end:
                raise LabError(f"the saved state was not loaded in {limit:g} s{self.tail()}")
            time.sleep(0.05)
        if status != "running":
            self.qmp("cont")

    def wait_for(self, text: str, limit: float) -> None:
        """Wait until `text` stands on the serial console."""
        end = time.monotonic() + limit
        while text not in self.console():
            if self.process.poll() is not None:
                raise LabError(f"the lab machine ended before it was ready{self.tail()}")
            if time.monotonic() > end:
                raise LabError(f"the lab machine was not ready in {limit:g} s{self.tail()}")
            time.sleep(0.1)

    def console(self) -> str:
        """All that the serial console has printed."""
        return os.pread(self.log.fileno(), 4_000_000, 0).decode("utf-8", errors="replace")

    def tail(self) -> str:
        """The console's last lines, for an error message."""
        lines = [line for line in self.console().replace("\r", "").splitlines() if line.strip()]
        return "\nlast lines of the console:\n" + "\n".join(lines[-12:] or ["(nothing)"])

    def save(self, path: Path, limit: float = 120) -> None:
        """Stop the machine and write its state to `path`; its disks are then frozen."""
        self.qmp("stop")
        self.qmp("migrate", uri=f"exec:zstd -q -3 -T2 > '{path}'")
        end = time.monotonic() + limit
        while (status := self.qmp("query-migrate").get("status")) != "completed":
            if status == "failed" or time.monotonic() > end:
                raise LabError(f"the state of the lab machine can't be saved ({status}){self.tail()}")
            time.sleep(0.1)

    def close(self) -> None:
        """End QEMU: by QMP, then by its process id."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(LabError, OSError):
                self.channel["qmp"].settimeout(2)
                self.qmp("quit")
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.loader and self.loader.poll() is None:
            self.loader.kill()
        if self.loader:
            self.loader.wait()
        for end in self.channel.values():
            end.close()
        self.log.close()

    def _greet(self) -> None:
        self.channel["qmp"].settimeout(RESUME_LIMIT)
        self._lines = self.channel["qmp"].makefile("rb")
        if b"QMP" not in self._lines.readline():
            raise LabError(f"QEMU did not start{self.tail()}")
        self.qmp("qmp_capabilities")


def make_disk(path: Path, backing: Path | None = None, size: str = "1G") -> None:
    """Make a qcow2 disk, empty or on top of `backing`."""
    rest = ["-b", str(backing), "-F", "qcow2"] if backing else []
    command = ["qemu-img", "create", "-q", "-f", "qcow2", *rest, str(path), *([] if backing else [size])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise LabError(f"qemu-img: {done.stderr.strip()}")
