"""The judges of libvirt's files: each accepts a good file, refuses a bad one, and survives its own death."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests import validators
from tests.validators import libvirt_xml

DOMAIN = """<domain type="{type}">
  <name>web01</name>
  <memory unit="MiB">64</memory>
  <vcpu>{cpus}</vcpu>
  <os><type arch="x86_64" machine="q35">hvm</type></os>
  {more}
</domain>
"""
DISK = '<disk type="file"><source file="/srv/web01.img"/><target dev="vda" bus="virtio"/></disk>'
GOOD = DOMAIN.format(type="qemu", cpus=1, more=f"<devices>{DISK}</devices>")
PASSTHROUGH = DOMAIN.format(type="kvm", cpus=1, more='<cpu mode="host-passthrough" migratable="on"/>')
NET = "<network>\n  <name>isolated</name>\n{}</network>\n"
POOL = '<pool type="{}">\n  <name>images</name>\n  {}<target><path>/srv/images</path></target>\n</pool>\n'
VOL = '<volume>\n  <name>data.qcow2</name>\n  {}<target><format type="qcow2"/></target>\n</volume>\n'
SNAP = "<domainsnapshot>\n  <name>before</name>\n  {}\n  <disks>{}</disks>\n</domainsnapshot>\n"
FILTER = (
    '<filter name="web" chain="{}">\n  <rule action="{}" direction="in"><tcp dstportstart="80"/></rule>\n</filter>\n'
)

ACCEPTED = {
    "disk.domain.xml": GOOD,
    "kvm-passthrough.domain.xml": PASSTHROUGH,
    "isolated.net.xml": NET.format('  <ip address="192.0.2.1" prefix="24"/>\n'),
    "images.pool.xml": POOL.format("dir", ""),
    "big.vol.xml": VOL.format('<capacity unit="TiB">2</capacity><allocation unit="GiB">9</allocation>'),
    "overlay.vol.xml": VOL.format("<capacity>1048576</capacity>").replace(
        "</volume>", '<backingStore><path>/srv/base.img</path><format type="raw"/></backingStore></volume>'
    ),
    "disk-only.snapshot.xml": SNAP.format("", '<disk name="vda" snapshot="external"/>'),
    "memory.snapshot.xml": SNAP.format(
        '<memory snapshot="external" file="/srv/web01.mem"/>', '<disk name="vda" snapshot="external"/>'
    ),
    "web.nwfilter.xml": FILTER.format("root", "accept"),
    "no-mac-spoofing.nwfilter.xml": '<filter name="no-mac-spoofing" chain="mac"/>',
    "kvm1.libvirtd.conf": '# sockets\nunix_sock_group = "libvirt"\nlisten_tls = 0\n',
    "kvm1.qemu.conf": 'user = "root"\ndynamic_ownership = 1\n',
    "lab.dnsmasq.conf": "interface=virbr0\ndhcp-range=192.168.122.2,192.168.122.254\n",
}
REFUSED = {  # file: (text, line or None where the software names none, a piece of the reason)
    "misspelt.domain.xml": (GOOD.replace("target", "taget"), 6, 'element "taget" not allowed here'),
    "target-twice.domain.xml": (GOOD.replace(DISK, DISK * 2), None, "target 'vda' duplicated"),
    "machine.domain.xml": (GOOD.replace("q35", "pc-q35-9.9"), None, "does not support machine type"),
    "xen.domain.xml": (
        GOOD.replace("qemu", "xen").replace("q35", "xenfv"),
        1,
        "a Xen domain needs a case with runs_on",
    ),
    "truncated.domain.xml": (GOOD[: GOOD.index("</memory>")], 3, "not well-formed"),
    "comment.net.xml": ("<network>\n  <name>isolated</name>  # a comment\n</network>\n", 2, "text not allowed here"),
    "range.net.xml": (
        NET.format('<ip address="192.0.2.1" prefix="24"><dhcp><range start="192.0.3.2" end="192.0.3.9"/></dhcp></ip>'),
        None,
        "not entirely within network",
    ),
    "kind.pool.xml": (POOL.format("lvm", ""), 1, 'attribute "type" is invalid'),
    "source.pool.xml": (
        POOL.format("netfs", '<source><dir path="/x"/><format type="nfs"/></source>'),
        3,
        'missing required element "host"',
    ),
    "unit.vol.xml": (VOL.format('<capacity unit="gigs">1</capacity>'), 3, 'attribute "unit" is invalid'),
    "no-capacity.vol.xml": (VOL.format(""), None, "missing capacity element"),
    "place.snapshot.xml": (SNAP.format("", '<disk name="vda" snapshot="outside"/>'), 4, '"snapshot" is invalid'),
    "twice.snapshot.xml": (
        SNAP.format("", '<disk name="vda" snapshot="external"/>' * 2),
        None,
        "too many disk snapshot requests",
    ),
    "action.nwfilter.xml": (FILTER.format("root", "refuse"), 2, '"action" is invalid'),
    "chain.nwfilter.xml": (FILTER.format("web", "accept"), 1, "chain"),
    "typo.libvirtd.conf": ('# sockets\nunix_sock_gruop = "libvirt"\n', 2, "parse_failed"),
    "number.qemu.conf": ('user = "root"\ndynamic_ownership = "yes"\n', 2, "parse_failed"),
    "typo.dnsmasq.conf": ("interface=virbr0\ndhcp-rang=192.168.122.2\n", 2, "bad option"),
}


def write(folder: Path, name: str, text: str) -> Path:
    """Write a sample and return its path."""
    (folder / name).write_text(text)
    return folder / name


@pytest.fixture
def worker(monkeypatch):
    """A worker of the test's own, so that killing it disturbs nobody."""
    own = libvirt_xml.private_worker()
    monkeypatch.setattr(libvirt_xml, "WORKER", own)
    yield own
    own.stop()


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_good_file_is_accepted(tmp_path, name):
    assert validators.check(write(tmp_path, name, ACCEPTED[name])) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_line_and_reason(tmp_path, name):
    text, line, reason = REFUSED[name]
    problems = validators.check(write(tmp_path, name, text))
    assert any(p.line == line and reason in p.reason for p in problems), problems


def test_every_format_of_the_family_is_proved_both_ways():
    suffixes = {validators.suffix_of(Path(name)) for name in ACCEPTED}
    assert suffixes == {validators.suffix_of(Path(name)) for name in REFUSED}
    assert suffixes >= set(libvirt_xml.FORMATS)


@pytest.mark.parametrize("check", [validators.check, libvirt_xml.FORMATS[".domain.xml"]])
def test_a_doctype_is_refused_before_any_parser_expands_it(tmp_path, check):
    bomb = '<!DOCTYPE domain [<!ENTITY name "web01">]>\n' + GOOD.replace("web01<", "&name;<")
    assert "DOCTYPE" in check(write(tmp_path, "entity.domain.xml", bomb))[0].reason


def test_a_name_from_one_file_does_not_bother_the_next(tmp_path):
    """Everything defined is forgotten: twice the same network, domain and volume is no clash."""
    for name in ("disk.domain.xml", "isolated.net.xml", "big.vol.xml", "disk-only.snapshot.xml") * 2:
        assert validators.check(write(tmp_path, name, ACCEPTED[name])) == []


def test_a_crash_of_libvirt_is_a_problem_and_the_next_file_is_judged(worker):
    """Without validation -1 virtual CPUs really kill libvirtd 9.0."""
    assert libvirt_xml.ask("domain", DOMAIN.format(type="qemu", cpus=-1, more=""), validate=False) == [
        "libvirt died with SIGTRAP"
    ]
    assert libvirt_xml.ask("domain", GOOD) == []


def test_a_killed_worker_is_a_problem_and_the_next_file_is_judged(worker, monkeypatch):
    assert libvirt_xml.ask("domain", GOOD) == []
    os.kill(worker.process.pid, signal.SIGKILL)
    monkeypatch.setattr(worker.process, "poll", lambda: None)  # the death comes after the look
    assert libvirt_xml.ask("domain", GOOD) == ["libvirt died with SIGKILL"]
    assert libvirt_xml.ask("domain", GOOD) == []


def test_silence_is_a_problem(worker, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(worker, "seconds", 0)
        assert libvirt_xml.ask("domain", GOOD) == ["libvirt gave no answer after 0 s"]
    assert libvirt_xml.ask("domain", GOOD) == []


def test_nothing_is_left_behind(worker):
    """No process, no mount, and nothing of libvirt's in the machine's own folders."""
    mounts = Path("/proc/self/mounts").read_text()
    assert libvirt_xml.ask("domain", GOOD) == []
    assert Path("/proc/self/mounts").read_text() == mounts
    outer = worker.process.pid
    inner = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
    assert inner
    worker.stop()
    deadline = time.monotonic() + 10
    while (left := [p for p in inner if Path("/proc", p).exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    assert not Path("/run/judge").exists()
    assert not Path("/etc/libvirt/qemu/web01.xml").exists()
