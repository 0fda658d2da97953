"""Judge libvirt XML with libvirt's real drivers, in namespaces of its own; run as a child, never imported.

Reads one JSON object a line, {"kind": "domain", "xml": "...", "validate": true}, and answers with one:
{"reasons": [...]} ([] = accepted), {"missing": "..."} (no package for it), or, when libvirtd died under the
file, {"reasons": [...], "dead": true} as its last words. What happens here ends with the namespaces that
libvirt_xml.py made. Why not qemu:///embed: in libvirt 9.0 network and storage refuse to be embedded.
Source: libvirt 9.0 (Debian libvirt-daemon-system), its API reference; unshare(1), util-linux 2.38.
"""

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import libvirt
from lxml import etree

SCRATCH = Path("/run/judge")
NODES = ("null", "zero", "full", "random", "urandom", "tty", "net/tun")
FOLDERS = ("/run", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt")
FILTERS = Path("/usr/share/libvirt/nwfilter")
QEMU_CONF = """user = "root"\ngroup = "root"\nsecurity_driver = "none"\nnamespaces = []
cgroup_controllers = []\nremember_owner = 0\nstdio_handler = "file"\n"""
BASE = """<domain type="qemu"><name>judge</name><memory unit="MiB">32</memory><vcpu>1</vcpu>
<os><type arch="x86_64" machine="q35">hvm</type></os><devices/></domain>"""
BACKENDS = "libvirt-daemon-driver-storage-{gluster,iscsi-direct,rbd,zfs}"
HOST_ONLY = """devices/hostdev | devices/interface[@type='hostdev'] | devices/disk[@type='volume'] | devices/tpm |
devices/disk//auth | devices/disk//encryption | devices/graphics[@type='egl-headless'] | numatune |
memoryBacking/hugepages | cpu/feature"""
SECRET = "<secret ephemeral='yes' private='yes'><uuid>{}</uuid></secret>"
DISK = "<disk type='file'><driver name='qemu' type='qcow2'/><source file='{}'/><target dev='{}' bus='{}'/></disk>"
POOL = f"<pool type='dir'><name>judge</name><target><path>{SCRATCH}</path></target></pool>"

xml = functools.partial(etree.tostring, encoding="unicode")


def reap_for_worker() -> None:
    """Return in a child; stay behind as process 1 and collect dead QEMUs, which libvirt waits for."""
    worker = os.fork()
    while worker:
        pid, status = os.wait()
        if pid == worker:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def furnish() -> None:
    """Lay fresh folders over the machine's, and a /dev without /dev/kvm (one that hangs is worse than none)."""
    for folder in FOLDERS:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,size=256M", "tmpfs", folder], check=True)
    Path("/run/dev/shm").mkdir(parents=True)
    for node in filter(lambda name: os.path.exists(f"/dev/{name}"), NODES):
        new = Path("/run/dev", node)
        new.parent.mkdir(exist_ok=True)
        new.touch()
        subprocess.run(["mount", "--bind", f"/dev/{node}", new], check=True)
    subprocess.run(["mount", "--rbind", "/run/dev", "/dev"], check=True)
    Path("/etc/libvirt/qemu.conf").write_text(QEMU_CONF)
    Path("/etc/libvirt/libvirtd.conf").write_text('auth_unix_rw = "none"\n')
    if FILTERS.is_dir():
        shutil.copytree(FILTERS, "/etc/libvirt/nwfilter")


def start_libvirtd() -> tuple[subprocess.Popen, libvirt.virConnect]:
    """Start the private daemon and return it with a connection."""
    daemon = subprocess.Popen(["libvirtd"], stdin=-3, stdout=-3, stderr=-3)
    for _ in range(200):
        try:
            return daemon, libvirt.open("qemu:///system")
        except libvirt.libvirtError as error:
            last = error
            time.sleep(0.05)
    raise SystemExit(f"the private libvirtd does not answer: {last}")


def domain(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Define the domain, then let the QEMU driver translate it into a command line.

    There is no KVM here (type qemu, CPU maximum instead), and of what only the reader's host has (pools, secrets,
    huge pages, PCI devices, CPU features) the definition is judged, not the translation.
    """
    if root.get("type") == "kvm":
        root.set("type", "qemu")
    for cpu in root.iterfind("cpu[@mode='host-passthrough']"):
        cpu.set("mode", "maximum")
    defined = connection.defineXMLFlags(xml(root), validate)
    try:
        for node in root.xpath(HOST_ONLY):
            node.getparent().remove(node)
        if os.path.exists("/dev/net/tun"):  # translating makes real tap devices
            connection.domainXMLToNative("qemu-argv", xml(root))
    finally:
        forget(defined)


def forget(defined: libvirt.virDomain) -> None:
    """Remove a domain with its snapshots and firmware variables."""
    if defined.isActive():
        defined.destroy()
    defined.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)


def network(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Define the network with the network driver."""
    connection.networkDefineXMLFlags(xml(root), validate).undefine()


def nwfilter(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Define the filter beside libvirt's own ones; one with the name of a stock filter replaces it."""
    for stock in connection.listAllNWFilters():
        if stock.name() == root.get("name") and root.find("uuid") is None:
            etree.SubElement(root, "uuid").text = stock.UUIDString()
    connection.nwfilterDefineXMLFlags(xml(root), validate)


def pool(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Define the pool with the storage driver and the backend of its type."""
    connection.storagePoolDefineXML(xml(root), validate).undefine()


def volume(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Really create the volume, sparse, with backing file and secret; 9.0 refuses its own VALIDATE flag here."""
    size = etree.SubElement(root, "allocation") if root.find("allocation") is None else root.find("allocation")
    size.text = "0" if (size.text or "0").strip().isdigit() else size.text
    for path in root.iterfind("backingStore/path"):
        form = path.getparent().find("format")
        path.text = image("backing", "raw" if form is None else form.get("type", "raw"))
    for secret in root.iterfind("target/encryption/secret[@uuid]"):
        connection.secretDefineXML(SECRET.format(secret.get("uuid"))).setValue(b"judge")
    scratch_pool = connection.storagePoolCreateXML(POOL)
    try:
        scratch_pool.createXML(xml(root))
    finally:
        scratch_pool.destroy()


def snapshot(connection: libvirt.virConnect, root: etree._Element, validate: int) -> None:
    """Really take the snapshot of a scratch domain that has the disks named; new files go to the tmpfs."""
    base, disks, memory = etree.fromstring(BASE), root.findall("disks/disk"), root.find("memory")
    for name in {"vda", *(disk.get("name", "") for disk in disks)}:
        if re.fullmatch("[hsv]d[a-z]{1,2}", name):
            disk = DISK.format(image(name), name, "virtio" if name[0] == "v" else "sata")
            base.find("devices").append(etree.fromstring(disk))
    live = memory is not None and memory.get("snapshot") in ("internal", "external")
    for number, node in enumerate([*root.iterfind("disks/disk/source"), *[memory] * live]):
        if node.get("file"):
            node.set("file", str(SCRATCH / f"new{number}"))
    external = any(disk.get("snapshot") == "external" or disk.find("source") is not None for disk in disks)
    flags = validate and libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE
    flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY if external and not live else 0
    defined = connection.defineXML(xml(base))
    try:
        if live:
            defined.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        defined.snapshotCreateXML(xml(root), flags)
    finally:
        forget(defined)


def image(name: str, kind: str = "qcow2") -> str:
    """Make a small image in the scratch folder and return its path."""
    subprocess.run(["qemu-img", "create", "-q", "-f", kind, SCRATCH / name, "1M"], check=True, capture_output=True)
    return str(SCRATCH / name)


def verdict(daemon: subprocess.Popen, connection: libvirt.virConnect, order: dict) -> dict:
    """Answer one order."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir()
    try:
        JUDGES[order["kind"]](connection, etree.fromstring(order["xml"].encode()), int(order["validate"]))
    except (libvirt.libvirtError, subprocess.CalledProcessError) as error:
        if not connection.isAlive():
            status = daemon.wait(10)
            died = signal.Signals(-status).name if status < 0 else f"status {status}"
            return {"reasons": [f"libvirt died with {died}"], "dead": True}
        if "missing backend" in str(error):
            return {"missing": f"{error}: apt-get install --no-install-recommends {BACKENDS}"}
        return {"reasons": ["; ".join(str(error).split("\n")).strip("; ")]}
    return {"reasons": []}


JUDGES = {judge.__name__: judge for judge in (domain, network, nwfilter, pool, volume, snapshot)}

if __name__ == "__main__":
    reap_for_worker()
    libvirt.registerErrorHandler(lambda *_: None, None)
    furnish()
    running, hypervisor = start_libvirtd()
    for line in sys.stdin:
        print(json.dumps(verdict(running, hypervisor, json.loads(line))), flush=True)
