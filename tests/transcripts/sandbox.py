"""The sandbox: a place of namespaces on this machine, with one long-lived shell per user.

Source of the ideas: unshare(1), setpriv(1), prlimit(1), choom(1) of util-linux 2.38; user_namespaces(7), pivot_root(2).
"""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.transcripts.shell import LabError, Shell

HERE = Path(__file__).parent
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TERM": "dumb", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80", "CHECKPOINT_DISABLE": "1",
}  # fmt: skip
FIRST_ID, IDS = 1_310_720_000, 1_000_000  # when root starts a sandbox, a range of ids from here stands for 0...
FOR_ROOT = ("libvirt",)  # below /etc: what sessions show and only root may read
MORE_TASKS = 2048  # processes and threads that a session may have
CLOSING = 30  # seconds for the kernel to end all that runs inside
MEMORY = 8 << 30  # bytes of address space of one process


def _home(user: str) -> str:
    return "/root" if user == "root" else f"/home/{user}"


def _limits() -> list[str]:
    """The command that starts a program with limits, and as the first to go when memory is short."""
    tasks = 0  # of the machine that count too: where root starts the sandbox none, since its ids are its own
    if os.geteuid():
        tasks = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    wanted = {"nproc": (resource.RLIMIT_NPROC, tasks + MORE_TASKS), "as": (resource.RLIMIT_AS, MEMORY)}
    most = {name: resource.getrlimit(kind)[1] for name, (kind, _) in wanted.items()}
    given = {name: value if most[name] < 0 else min(value, most[name]) for name, (_, value) in wanted.items()}
    return ["choom", "-n", "1000", "--", "prlimit", *(f"--{name}={value}" for name, value in given.items()), "--"]


class Sandbox:
    """Namespaces of their own for one case: nothing done inside reaches the machine, nothing is left.

    Root inside is nobody outside: a user namespace maps it, so that no session can lift what confines it.
    As root it needs nothing else; as another user it needs subordinate ids (Debian: package uidmap and a line
    in /etc/subuid).
    """

    def __init__(self, files: list[Path], host: str = "kvm1"):
        """Start the sandbox `host` with copies of `files` in the homes of root and student."""
        self.hosts = (host,)
        self.shells: dict[str, Shell] = {}
        self.processes: list[subprocess.Popen] = []
        self.init: subprocess.Popen | None = None
        self.first = 0  # the first process inside, as a pidfd
        self.stage = Path(tempfile.mkdtemp(prefix="guide-case-"))
        self.limits = _limits()
        try:
            (self.stage / "home").mkdir()
            for file in files:
                shutil.copy(file, self.stage / "home", follow_symlinks=False)
            self._start(host)
        except BaseException:
            self.close()
            raise

    def _start(self, host: str) -> None:
        with self._mapped() as user:
            script = (HERE / "sandbox.sh").read_text(encoding="utf-8")
            self.init = subprocess.Popen(
                [*self.limits, *user, "--fork", "--kill-child", "--pid", "--mount", "--net", "--uts", "--ipc",
                 "--cgroup", "--mount-proc", "--propagation", "private",
                 "bash", "-c", script, "sandbox.sh", host, self.stage],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                env=ENVIRONMENT,
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
        self.first = os.pidfd_open(self.pid)

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[list[str]]:
        """The command that makes namespaces in a user namespace; root writes that one's map of ids itself."""
        if os.geteuid():
            yield ["unshare", "--user", "--map-root-user", "--map-auto"]
            return
        for name in FOR_ROOT:
            if Path("/etc", name).is_dir():
                shutil.copytree(Path("/etc", name), self.stage / "etc" / name, symlinks=True)
        first = FIRST_ID + secrets.randbelow(1000) * IDS
        for path in (self.stage, *self.stage.rglob("*")):
            os.chown(path, first, first, follow_symlinks=False)
        # Root's own namespace would know no limit of processes: let the first of the ids make it.
        owner = ["setpriv", "--reuid", str(first), "--regid", str(first), "--clear-groups"]
        argv = [*self.limits, *owner, "unshare", "--user", "sh", "-c", "echo; read -r _"]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as holder:
            if holder.stdout.readline() != b"\n":  # it is in its namespace now
                raise LabError("the sandbox did not start: no user namespace; see unshare --user")
            for kind in ("uid_map", "gid_map"):
                Path(f"/proc/{holder.pid}/{kind}").write_text(f"0 {first} {IDS}")
            yield ["nsenter", "--target", str(holder.pid), "--user", "unshare"]

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
            *self.limits, "nsenter", "--target", str(self.pid), "--user", "--mount", "--net", "--pid", "--uts", "--ipc",
            "--cgroup", *(["--preserve-credentials"] if os.geteuid() else []),
            f"--wdns={home}", "env", "-i", *(f"{k}={v}" for k, v in variables.items()),
            *([] if user == "root" else ["setpriv", "--reuid", "1000", "--regid", "1000", "--init-groups"]), "bash",
        ]  # fmt: skip

    def close(self) -> None:
        """End everything inside: the kernel kills all processes of a PID namespace with its first one."""
        if self.init:
            if self.init.poll() is None:
                os.killpg(self.init.pid, signal.SIGKILL)
            for process in self.processes:  # they end with the shells that they started
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(CLOSING)
                process.kill()
                process.communicate()
            self.init.wait()
            if self.first:  # it is gone when all others are
                select.select([self.first], [], [], CLOSING)
                os.close(self.first)
            for stream in (self.init.stdin, self.init.stdout):
                stream.close()
        shutil.rmtree(self.stage, ignore_errors=True)
