"""The labs: what goes wrong in them is named, and nothing is left of them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from overrides.blocks import model
from overrides.blocks.model import ROOT
from tests.lab import image, state
from tests.lab.labs import KVM, XEN
from tests.lab.machine import Machine, make_disk
from tests.transcripts import runner
from tests.transcripts.shell import LabError


def make_case(folder: Path, session: str, **spec) -> model.Case:
    """A case for the lab in `folder` with one session."""
    (folder / "10-a.console").write_text(session)
    return model.Case("330.2-xen/sample", folder, {"title": "t", "runs_on": "xen-lab", **spec})


def machines(parent: int) -> list[int]:
    """The process ids of QEMU below the process `parent`."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    lines = {int(c): Path(f"/proc/{c}/cmdline").read_bytes() for c in children if Path(f"/proc/{c}").exists()}
    return [child for child, line in lines.items() if line.startswith(b"qemu-system") and b"--version" not in line]


@pytest.fixture
def scratch(tmp_path, monkeypatch) -> Path:
    """A folder of its own for the temporary files of a test: it must be empty at the end."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.lab
@pytest.mark.parametrize(
    ("session", "spec", "word"),
    [
        ("root@dom0:~# echo one\none\nstudent@dom0:~$ id -un\nstudent\n", {}, ""),
        ("root@dom0:~# echo one\ntwo\n", {}, "output differs"),
        (
            "root@dom0:~# xl domid gone\ngone is an invalid domain identifier (rc=-6)\n",
            {},
            "exit status 1 instead of 0",
        ),
        ("root@kvm1:~# true\n", {}, "no host 'kvm1' in this place; it has dom0"),
        ("root@dom0:~# sleep 60\n", {"timeout": 1}, "no end after 1 s"),
        ("root@dom0:~# exit 3\n", {}, "the shell died in: exit 3"),
        ("root@dom0:~# yes\n", {}, "bytes of output"),
        ("root@dom0:~# ping -q -c 1 -w 1 9.9.9.9 2>&1 | head -1\nping: connect: Network is unreachable\n", {}, ""),
        ("root@dom0:~# true\n", {"services": ["web09"]}, "no service 'web09' in the Xen lab; known: web01"),
        ("root@dom0:~# true\n", {"hosts": ["dom0", "kvm2"]}, "the Xen lab has dom0, or ['dom0', 'dom0b']"),
        ("root@kvm1:~# cat /dev/zero | tr '\\0' x | fold\n", {"runs_on": "kvm-lab"}, "bytes of output"),
        (
            "root@kvm1:~# echo c > /proc/sysrq-trigger\n",
            {"runs_on": "kvm-lab", "timeout": 4},
            "no end after 4 s: echo c",
        ),
        ("root@kvm1:~# test -c /dev/kvm\n", {"runs_on": "kvm-lab"}, ""),
    ],
)
def test_a_session_in_the_lab_that_misbehaves_is_named(tmp_path, scratch, session, spec, word):
    problems = "\n".join(runner.run(make_case(tmp_path, session, **spec)).problems)
    assert (word in problems) if word else not problems, problems
    assert machines(os.getpid()) == []
    assert list(scratch.iterdir()) == []


@pytest.mark.lab
def test_a_program_that_dies_by_a_signal_gives_the_case_one_more_run(tmp_path):
    crash = "bash -c 'kill -SEGV $BASHPID'"
    again = runner.run(make_case(tmp_path, f"root@dom0:~# {crash}\n"))
    assert again.runs == 2 and f"exit status 139 instead of 0: {crash}" in again.problems[0]
    child = "echo 'domain monitoring daemonizing child [228] died due to fatal signal Aborted'; false"
    assert runner.run(make_case(tmp_path, f"root@dom0:~# {child}\n")).runs == 2
    once = runner.run(make_case(tmp_path, "root@dom0:~# false\n"))
    assert once.runs == 1 and once.problems


@pytest.mark.lab
def test_what_a_session_writes_is_gone_afterwards(tmp_path):
    folder = state.saved(image.ensure(XEN))
    before = {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.iterdir()}
    write = "echo x > kept; dd if=/dev/zero of=/dev/vg0/db01 count=9 2> /dev/null; sync"
    session = f"root@dom0:~# ls /root\nroot@dom0:~# {write}\n"
    case = make_case(tmp_path, session)
    assert runner.run(case).problems == runner.run(case).problems == []
    assert before == {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.iterdir()}


@pytest.mark.lab
def test_a_machine_that_is_not_ready_in_time_shows_its_console(tmp_path):
    lab = image.ensure(XEN)
    disks = [tmp_path / "system.qcow2", tmp_path / "vg0.qcow2"]
    make_disk(disks[0], backing=lab.folder / "base.qcow2")
    make_disk(disks[1])
    machine = Machine(lab, disks)
    try:
        with pytest.raises(LabError, match=r"was not ready in 1 s\nlast lines of the console:\n"):
            machine.wait_for("GUIDE ready", 1)
    finally:
        machine.close()
    assert machines(os.getpid()) == []


@pytest.mark.lab
def test_a_damaged_state_is_refused_with_the_command_that_removes_it(tmp_path, monkeypatch):
    good = state.saved(image.ensure(XEN))
    for name in state.DISKS:
        os.symlink(good / name, tmp_path / name)
    whole = (good / "state.zst").read_bytes()
    (tmp_path / "state.zst").write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(state, "saved", lambda *_: tmp_path)
    with pytest.raises(LabError, match=rf"the saved state is damaged; remove it: rm -r {tmp_path}\n"):
        state.start(image.ensure(XEN))
    assert machines(os.getpid()) == []


@pytest.mark.lab
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_machine(how, scratch):
    state.saved(image.ensure(XEN), guest=True)
    command = [sys.executable, "-m", "tests.transcripts", "run", "330.2-xen/lab-xenstore"]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while not (found := machines(run.pid)) and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.5)
    run.send_signal(how)
    run.wait(30)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in found) and time.monotonic() < end:
        time.sleep(0.05)
    assert found and not any(Path(f"/proc/{pid}").exists() for pid in found)
    if how != signal.SIGKILL:
        assert list(scratch.iterdir()) == []


@pytest.mark.lab
def test_two_hosts_are_two_and_know_each_other(tmp_path, scratch):
    session = "root@kvm1:~# ssh kvm2 hostname\nkvm2\nroot@kvm2:~# ssh kvm1 hostname\nkvm1\n"
    case = make_case(tmp_path, session, runs_on="kvm-lab", hosts=["kvm1", "kvm2"])
    assert runner.run(case).problems == []
    assert machines(os.getpid()) == []
    assert list(scratch.iterdir()) == []


@pytest.mark.lab
def test_a_state_of_another_qemu_is_not_used(tmp_path, monkeypatch):
    made = image.ensure(KVM)
    folder = state.saved(made)
    monkeypatch.setattr(state, "qemu_version", lambda: "8.0.0")
    monkeypatch.setattr(state, "_freeze", lambda _, half, __: (half / "state.zst").write_text(""))
    monkeypatch.setattr(image, "CACHE", tmp_path)
    (tmp_path / made.folder.name).mkdir()
    other = state.saved(image.Image(KVM, tmp_path / made.folder.name, made.digest))
    assert other.name != folder.name
