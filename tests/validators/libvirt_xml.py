"""libvirt XML (.domain .net .pool .vol .snapshot .nwfilter + .xml): judged twice, as TOOLING.md measured.

1. Schema: lxml's RELAX NG (libxml2, as libvirt itself uses) on libvirt 9.0's schemas. Where it refuses,
   jing (Debian `jing`) tells line and reason in words for people; jing gives no verdict.
2. The real QEMU, network, storage and nwfilter drivers of libvirt 9.0, with validation, in a private libvirtd
   (_libvirt_worker.py): domains are defined and translated into a QEMU command line, networks, pools and
   filters defined, volumes and snapshots really made on a tmpfs. A Xen domain is defined by Xen's driver
   instead, in a session of its case on the Xen lab.

libvirt takes a dhcp host outside its network, to which dnsmasq then gives nothing: compared here.
A schema and a driver catch different faults, so the problems of both are returned, the driver's without
a line. There is no KVM in there: type kvm is judged as qemu, host-passthrough as maximum. One worker
serves all files of a test run; if libvirt crashes or says nothing for 30 s, that is the file's problem
and the next file gets a new worker. Source: libvirt.org/format.html and the API reference, libvirt 9.0.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache, partial
from pathlib import Path

from lxml import etree

from tests.validators import Problem, ToolMissing
from tests.validators._worker import Silent, Worker

SCHEMAS = Path("/usr/share/libvirt/schemas")
CHILD = Path(__file__).with_name("_libvirt_worker.py")
SECONDS = 30
SUFFIXES = {  # suffix: (kind for the worker, schema)
    ".domain.xml": ("domain", "domain.rng"),
    ".net.xml": ("network", "network.rng"),
    ".pool.xml": ("pool", "storagepool.rng"),
    ".vol.xml": ("volume", "storagevol.rng"),
    ".snapshot.xml": ("snapshot", "domainsnapshot.rng"),
    ".nwfilter.xml": ("nwfilter", "nwfilter.rng"),
}
JING = re.compile(r":(?P<line>\d+):\d+: (?:fatal|error): (?P<reason>.*)")
PROGRAM = re.compile(r"/usr/(?:bin|lib/xen-\S+/bin|libexec)/[\w.-]+|")
INSTALL = "apt-get install --no-install-recommends"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def private_worker() -> Worker:
    """The child that holds a private libvirtd, in mount, network, PID and IPC namespaces of its own."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto"]
    argv = ["unshare", *user, "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc",
            "--propagation", "private", sys.executable, "-I", CHILD]  # fmt: skip
    return Worker("libvirt", argv, SECONDS, ENVIRONMENT)


def ask(kind: str, xml: str, *, validate: bool = True) -> list[str]:
    """Return libvirt's reasons against `xml` ([] = accepted)."""
    try:
        answer = WORKER.ask({"kind": kind, "xml": xml, "validate": validate})
    except Silent as error:
        return [str(error)]
    if answer.get("dead"):
        WORKER.stop()
    if "missing" in answer:
        raise ToolMissing(f"libvirt: {answer['missing']}")
    return answer["reasons"]


WORKER = private_worker()


@cache
def schema(name: str) -> etree.RelaxNG:
    """Load one of libvirt's schemas."""
    return etree.RelaxNG(file=str(SCHEMAS / name))


def need_tools() -> None:
    """Raise ToolMissing with the command that installs what is not there."""
    if not SCHEMAS.is_dir() or not shutil.which("libvirtd", path=ENVIRONMENT["PATH"]):
        raise ToolMissing(f"libvirt: {INSTALL} libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86")
    if importlib.util.find_spec("libvirt") is None:
        raise ToolMissing(f"libvirt's Python binding: {INSTALL} python3-libvirt, and a .venv with system-site-packages")
    if not shutil.which("qemu-img"):
        raise ToolMissing(f"qemu-img: {INSTALL} qemu-utils")
    if not shutil.which("jing"):
        raise ToolMissing(f"jing: {INSTALL} jing")


def check_libvirt(path: Path, kind: str, grammar: str) -> list[Problem]:
    """Return what libvirt's schema and the real driver of `kind` say against `path` ([] = accepted)."""
    need_tools()
    try:
        tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [Problem(error.lineno, f"not well-formed: {error.msg}")]
    if tree.docinfo.doctype:
        return [Problem(1, "DOCTYPE is refused (entity attacks); remove it")]
    for program in tree.iter("emulator"):  # libvirt runs it to ask what it can do
        if not PROGRAM.fullmatch((program.text or "").strip()):
            return [Problem(program.sourceline, f"emulator {program.text!r} would be run; name one below /usr/bin")]
    accepted = schema(grammar).validate(tree)
    problems = [] if accepted else for_people(path, grammar)
    if kind == "domain" and tree.getroot().get("type") == "xen":
        return problems + for_xen(path)
    problems += strays(tree)
    return problems + [Problem(None, reason) for reason in ask(kind, path.read_text(encoding="utf-8"))]


def strays(tree: etree._ElementTree) -> list[Problem]:
    """Fixed addresses of a network that lie outside it."""
    found = []
    for host in tree.iterfind("ip/dhcp/host[@ip]"):
        ip = host.getparent().getparent()
        try:
            size = ip.get("prefix") or ip.get("netmask")
            inside = (
                ipaddress.ip_address(host.get("ip")) in ipaddress.ip_interface(f"{ip.get('address')}/{size}").network
            )
        except ValueError:  # libvirt says it
            continue
        if not inside:
            found.append(Problem(host.sourceline, f"host {host.get('ip')} is outside the network"))
    return found


def for_xen(path: Path) -> list[Problem]:
    """Xen's driver works on a Xen host alone: [] where the case of `path` runs on one and defines it there."""
    case = path.with_name("case.toml")
    on_xen = case.exists() and tomllib.loads(case.read_text(encoding="utf-8")).get("runs_on") == "xen-lab"
    if on_xen and any(
        f"virsh define {path.name}\n" in s.read_text(encoding="utf-8") for s in path.parent.glob("*.console")
    ):
        return []
    return [
        Problem(1, f'a Xen domain needs a case with runs_on = "xen-lab" and a session with: virsh define {path.name}')
    ]


def for_people(path: Path, grammar: str) -> list[Problem]:
    """What jing says against a file that the schema refuses; lxml's words where jing has none."""
    environment = {**ENVIRONMENT, "JAVA_ARGS": "-XX:TieredStopAtLevel=1"}  # a JVM that starts faster
    try:
        said = subprocess.run(["jing", SCHEMAS / grammar, path.absolute()], capture_output=True, text=True,
                              timeout=SECONDS, stdin=subprocess.DEVNULL, env=environment)  # fmt: skip
        found = [Problem(int(m["line"]), m["reason"]) for m in map(JING.search, said.stdout.splitlines()) if m]
    except subprocess.TimeoutExpired:
        found = []
    return found or [Problem(e.line, e.message) for e in schema(grammar).error_log] or [Problem(1, "schema refuses")]


FORMATS = {suffix: partial(check_libvirt, kind=kind, grammar=grammar) for suffix, (kind, grammar) in SUFFIXES.items()}
