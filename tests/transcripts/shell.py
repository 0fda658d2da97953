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
MAX_OUTPUT = 1_000_000  # bytes of one command
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TERM": "dumb", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80", "CHECKPOINT_DISABLE": "1",
}  # fmt: skip


class LabError(RuntimeError):
    """The place did not do its part: did not start, hung, printed too much, or died."""


class Shell:
    """One bash; each command is framed by a salt so that its output and exit status are certain."""

    def __init__(self, argv: list[str], home: str):
        """Start `argv`, which must be a bash that reads commands from its standard input."""
        self.home = home
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def run(self, command: str, timeout: float) -> tuple[str, int, str]:
        """Run `command`; return (output, exit status, folder afterwards with ~ for home)."""
        salt = secrets.token_hex(8)
        frame = f"{{ eval {shlex.quote(command)}\n}} </dev/null 2>&1; printf '\\n{salt} %d %s\\n' $? \"$PWD\"\n"
        try:
            self.process.stdin.write(frame.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise LabError("the shell is gone before this command") from None
        text = self._read_until(salt, command, timeout)
        output, _, tail = text.rpartition(f"\n{salt} ")
        status, _, folder = tail.strip().partition(" ")
        if folder == self.home or folder.startswith(self.home + "/"):
            folder = "~" + folder[len(self.home) :]
        if output and not output.endswith("\n"):
            output += "\n"
        return output, int(status), folder

    def _read_until(self, salt: str, command: str, timeout: float) -> str:
        end = time.monotonic() + timeout
        seen = b""
        mark = re.compile(rf"\n{salt} \d+ [^\n]*\n".encode())
        stream = self.process.stdout
        while not mark.search(seen, max(0, len(seen) - 70_000)):
            left = end - time.monotonic()
            if left <= 0:
                raise LabError(f"no end after {timeout:g} s: {command}\n{_tail(seen)}")
            if not select.select([stream], [], [], left)[0]:
                continue
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                raise LabError(f"the shell died in: {command}\n{_tail(seen)}")
            seen += chunk
            if len(seen) > MAX_OUTPUT:
                raise LabError(f"more than {MAX_OUTPUT} bytes of output: {command}")
        return seen.decode("utf-8", errors="replace")


def _tail(output: bytes) -> str:
    return "last lines:\n" + "\n".join(output.decode("utf-8", errors="replace").splitlines()[-8:])


class Sandbox:
    """Namespaces of their own for one case: nothing done inside reaches the machine, nothing is left.

    As root it needs nothing else; as another user it needs user namespaces and subordinate ids
    (Debian: package uidmap and a line in /etc/subuid).
    """

    def __init__(self, files: list[Path], host: str = "kvm1"):
        """Start the sandbox `host` with copies of `files` in the homes of root and student."""
        self.host = host
        self.stage = Path(tempfile.mkdtemp(prefix="guide-case-"))
        for file in files:
            shutil.copy(file, self.stage)
        self.shells: dict[str, Shell] = {}
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
                self.close()
                raise LabError("the sandbox did not start: " + "".join(lines).strip())
        children = Path(f"/proc/{self.init.pid}/task/{self.init.pid}/children").read_text().split()
        self.pid = int(children[0])

    def shell(self, user: str) -> Shell:
        """The long-lived shell of `user` (root or student)."""
        if user not in self.shells:
            home = "/root" if user == "root" else f"/home/{user}"
            variables = [f"{k}={v}" for k, v in {**ENVIRONMENT, "HOME": home, "USER": user, "LOGNAME": user}.items()]
            drop = [] if user == "root" else ["setpriv", "--reuid", "1000", "--regid", "1000", "--init-groups"]
            argv = ["nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--uts", "--ipc"]
            argv += [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
            argv += [f"--wdns={home}", "env", "-i", *variables, *drop, "bash", "--noprofile", "--norc"]
            self.shells[user] = Shell(argv, home)
        return self.shells[user]

    def close(self) -> None:
        """End everything inside: the kernel kills all processes of a PID namespace with its first one."""
        for shell in self.shells.values():
            shell.process.kill()
            shell.process.wait()
        if self.init.poll() is None:
            os.killpg(self.init.pid, signal.SIGKILL)
        self.init.wait()
        for stream in (self.init.stdin, self.init.stdout):
            stream.close()
        shutil.rmtree(self.stage, ignore_errors=True)
