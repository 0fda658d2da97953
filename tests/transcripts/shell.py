"""A place to run commands: a sandbox on this machine with one long-lived shell per user.

Source of the ideas: unshare(1), setpriv(1), util-linux 2.38.
"""

from __future__ import annotations

import os
import re
import secrets
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ENDED = b"\nGUIDE-SHELL-ENDED\n"  # what a lab machine says in place of closing the connection
MAX_OUTPUT = 1_000_000  # bytes of one command
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TERM": "dumb", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80", "CHECKPOINT_DISABLE": "1",
}  # fmt: skip


class LabError(RuntimeError):
    """The place did not do its part: did not start, hung, printed too much, or died."""


class Shell:
    """One bash behind two file descriptors, be they pipes or a socket to a lab machine.

    Each command is framed by a salt so that its output and exit status are certain.
    """

    def __init__(self, reader: int, writer: int, home: str):
        """Talk to a bash that reads commands from `writer` and prints to `reader`."""
        self.reader, self.writer, self.home = reader, writer, home

    def run(self, command: str, timeout: float) -> tuple[str, int, str]:
        """Run `command`; return (output, exit status, folder afterwards with ~ for home)."""
        salt = secrets.token_hex(8)
        frame = f"{{ eval {shlex.quote(command)}\n}} </dev/null 2>&1; printf '\\n{salt} %d %s\\n' $? \"$PWD\"\n"
        self._write(frame.encode(), command, timeout)
        text = self._read_until(salt, command, timeout)
        output, _, tail = text.rpartition(f"\n{salt} ")
        status, _, folder = tail.strip().partition(" ")
        if folder == self.home or folder.startswith(self.home + "/"):
            folder = "~" + folder[len(self.home) :]
        if output and not output.endswith("\n"):
            output += "\n"
        return output, int(status), folder

    def _write(self, data: bytes, command: str, timeout: float) -> None:
        while data:
            if not select.select([], [self.writer], [], timeout)[1]:
                raise LabError(f"the shell takes no input: {command}")
            try:
                data = data[os.write(self.writer, data[:4096]) :]
            except OSError:
                raise LabError("the shell is gone before this command") from None

    def _read_until(self, salt: str, command: str, timeout: float) -> str:
        end = time.monotonic() + timeout
        seen = b""
        mark = re.compile(rf"\n{salt} \d+ [^\n]*\n".encode())
        while not mark.search(seen, max(0, len(seen) - 70_000)):
            left = end - time.monotonic()
            if left <= 0:
                raise LabError(f"no end after {timeout:g} s: {command}\n{_tail(seen)}")
            if not select.select([self.reader], [], [], left)[0]:
                continue
            try:
                chunk = os.read(self.reader, 65536)
            except ConnectionError:
                chunk = b""
            seen += chunk
            if not chunk or seen.endswith(ENDED):
                raise LabError(f"the shell died in: {command}\n{_tail(seen.removesuffix(ENDED))}")
            if len(seen) > MAX_OUTPUT:
                raise LabError(f"more than {MAX_OUTPUT} bytes of output: {command}")
        return seen.decode("utf-8", errors="replace")


def _tail(output: bytes) -> str:
    return "last lines:\n" + "\n".join(output.decode("utf-8", errors="replace").splitlines()[-8:])


def _home(user: str) -> str:
    return "/root" if user == "root" else f"/home/{user}"


class Sandbox:
    """Namespaces of their own for one case: nothing done inside reaches the machine, nothing is left.

    As root it needs nothing else; as another user it needs user namespaces and subordinate ids
    (Debian: package uidmap and a line in /etc/subuid).
    """

    def __init__(self, files: list[Path], host: str = "kvm1"):
        """Start the sandbox `host` with copies of `files` in the homes of root and student."""
        self.hosts = (host,)
        self.shells: dict[str, Shell] = {}
        self.processes: list[subprocess.Popen] = []
        self.init: subprocess.Popen | None = None
        self.stage = Path(tempfile.mkdtemp(prefix="guide-case-"))
        try:
            for file in files:
                shutil.copy(file, self.stage)
            self._start(host)
        except BaseException:
            self.close()
            raise

    def _start(self, host: str) -> None:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto"]
        self.init = subprocess.Popen(
            ["unshare", *user, "--fork", "--kill-child", "--pid", "--mount", "--net", "--uts", "--ipc",
             "--mount-proc", "--propagation", "private", "bash", HERE / "sandbox.sh", host, self.stage],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        lines = []
        while True:
            line = self.init.stdout.readline().decode(errors="replace")
            if line == "ready\n":
                break
            lines.append(line)
            if not line:
                raise LabError("the sandbox did not start: " + "".join(lines).strip())
        children = Path(f"/proc/{self.init.pid}/task/{self.init.pid}/children").read_text().split()
        self.pid = int(children[0])

    def shell(self, host: str, user: str) -> Shell:
        """The long-lived shell of `user` (root or student); the sandbox is one host."""
        if user not in self.shells:
            process = subprocess.Popen(
                [*self._enter(user), "--noprofile", "--norc"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            self.processes.append(process)
            self.shells[user] = Shell(process.stdout.fileno(), process.stdin.fileno(), _home(user))
        return self.shells[user]

    def visit(self) -> None:
        """Let the person at the terminal look around as root; ends when they leave."""
        subprocess.run([*self._enter("root", TERM=os.environ.get("TERM", "linux")), "-l"])

    def _enter(self, user: str, **more: str) -> list[str]:
        """The command that starts a bash inside, as `user`."""
        home = _home(user)
        variables = {**ENVIRONMENT, "HOME": home, "USER": user, "LOGNAME": user, **more}
        return [
            "nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--uts", "--ipc",
            *([] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]),
            f"--wdns={home}", "env", "-i", *(f"{k}={v}" for k, v in variables.items()),
            *([] if user == "root" else ["setpriv", "--reuid", "1000", "--regid", "1000", "--init-groups"]), "bash",
        ]  # fmt: skip

    def close(self) -> None:
        """End everything inside: the kernel kills all processes of a PID namespace with its first one."""
        for process in self.processes:
            process.kill()
            process.wait()
        if self.init:
            if self.init.poll() is None:
                os.killpg(self.init.pid, signal.SIGKILL)
            self.init.wait()
            for stream in (self.init.stdin, self.init.stdout):
                stream.close()
        shutil.rmtree(self.stage, ignore_errors=True)
