"""What a hostile session may try: it is stopped and named, and neither the machine nor its secrets are touched.

Each runs in the sandbox, the wild ones with a limit of 60 processes. Hostile files and pages: test_hostile.py.
"""

import os
import re
import socket
import subprocess
import time

import pytest

from overrides.blocks import model
from overrides.blocks.model import ROOT
from tests.test_hostile import SECRET, fingerprint
from tests.transcripts import runner, sandbox

# What a session may try: a command -> (words of the refusal). {port}: a server of the machine, {file}: a file of it.
SESSIONS = {
    "eats the shell's input": ("cat /proc/$$/fd/1?", "Permission denied|no end after 3 s: cat"),
    "loops": ("while :; do :; done", "no end after 3 s: while"),
    "prints for ever": ("cat /dev/zero", "more than 1000000 bytes of output"),
    "forks": ("bomb() { bomb | bomb & }; bomb; sleep 60", "no end after 3 s|Resource temporarily unavailable"),
    "forks as many users": (
        "for i in {1..200}; do setpriv --reuid $i sleep 9 & done; sleep 1",
        "no end after|temporarily unavailable",
    ),
    "eats memory": ("python3 -c 'bytes(20 << 30)'", "exit status 1 instead of 0[^\\0]*MemoryError"),
    "fills the disk": ("fallocate -l 3G big", "No space left on device"),
    "fills the root": ("head -c 2M /dev/zero > /big", "Read-only file system"),
    "calls out": ("curl -sS -m 2 http://192.0.2.1/", "exit status 7 "),
    "calls the machine": ("exec 3<>/dev/tcp/127.0.0.1/{port}", "Connection refused"),
    "asks a name server": ("getent hosts example.org", "exit status 2 "),
    "exits": ("exit 0", "the shell died in: exit 0"),
    "replaces its shell": ("exec true", "the shell died in: exec true"),
    "kills all": ("kill -9 -1; kill -9 $$", "the shell died in: kill"),
    "closes its ends": ("exec >&- 2>&-; exit", "the shell died in|no end after"),
    "kills the tests": ("kill -9 {pid}", "No such process"),
    "overwrites the guide": ("echo x > {root}/hostile", "No such file or directory"),
    "overwrites a program": ("mount -o remount,bind,rw /usr; echo x > /usr/share/hostile", "Permission denied"),
    "digs below its root": ("umount -l /tmp; ls {file}", "cannot access"),
    "reads the machine's files": ("cat {file}", "No such file or directory"),
    "reads the tests' environment": ("grep -z GUIDE_SECRET /proc/[0-9]*/environ", "exit status [12] "),
    "reads the passwords": ("grep -v ':[*]:' /etc/shadow", "exit status 1 "),
    "reads the disk": ("mknod disk b 254 0", "Operation not permitted"),
    "sets the kernel": ("echo x > /proc/sys/kernel/core_pattern", "Permission denied|Read-only"),
    "sets the clock": ("date -s 2001-01-01", "cannot set date: Operation not permitted"),
    "loads a module": (
        "modprobe --ignore-install dummy",
        "FATAL: Module dummy|not permitted",
    ),
    "leaves its limits": ("ulimit -u unlimited", "cannot modify limit"),
    "hides text": ("printf 'red\\033[8m hidden\\033[0m'", "prints control characters .*\\\\x1b"),
    "prints as the frame": ("printf '\\n0123456789abcdef 0 /root\\n'", "output differs"),
}


@pytest.mark.lab
@pytest.mark.parametrize("name", SESSIONS)
def test_a_hostile_session_is_stopped_and_leaves_no_trace(tmp_path, monkeypatch, name):
    command, words = SESSIONS[name]
    monkeypatch.setenv("GUIDE_SECRET", SECRET)
    monkeypatch.setattr(sandbox, "MORE_TASKS", 60)
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "case").mkdir()
    before, started = fingerprint(), time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = {"port": server.getsockname()[1], "pid": os.getpid(), "root": ROOT, "file": tmp_path / "secret"}
        for word, value in known.items():
            command = command.replace(f"{{{word}}}", str(value))
        (tmp_path / "case/10-a.console").write_text(f"root@kvm1:~# {command}\n")
        spec = {"title": "t", "runs_on": "tool", "timeout": 3}
        problems = "\n".join(runner.run(model.Case("330.3-kvm/sample", tmp_path / "case", spec)).problems)
    assert re.search(words, problems), problems
    assert SECRET not in problems
    assert time.monotonic() - started < 30
    assert fingerprint() == before


@pytest.mark.lab
def test_a_daemon_of_a_session_ends_with_it(tmp_path):
    (tmp_path / "10-a.console").write_text("root@kvm1:~# setsid nohup sh -c 'sleep 4343 & sleep 4343' > /dev/null &\n")
    assert not runner.run(model.Case("330.3-kvm/sample", tmp_path, {"title": "t", "runs_on": "tool"})).problems
    assert subprocess.run(["pgrep", "-f", "sleep 4343"]).returncode == 1
