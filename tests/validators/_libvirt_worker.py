"""Judge libvirt XML with libvirt's real drivers, in namespaces of its own; run as a child, never imported.

Reads one JSON object a line, {"kind": "domain", "xml": "...", "validate": true}, and answers with one:
{"reasons": [...]} ([] = accepted), {"missing": "..."} (a driver is not installed), or, when libvirtd died
under the file, {"reasons": [...], "dead": true} as its last words. Started by libvirt_xml.py through
unshare(1): what happens here, libvirtd, QEMU, images, ends with the process and never reaches the machine.

Why a private libvirtd and not qemu:///embed: in libvirt 9.0 only the QEMU and secret drivers can be
embedded; the network driver answers "Driver does not support embedded mode". One daemon serves all kinds.
Source: libvirt 9.0 (Debian libvirt-daemon-system), its API reference; unshare(1), util-linux 2.38.
"""

import json
import os
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
QEMU_CONF = """user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
stdio_handler = "file"
"""
LIBVIRTD_CONF = 'auth_unix_rw = "none"\nlog_outputs = "4:file:/run/libvirtd.log"\n'
URIS = {"qemu": "qemu:///system", "kvm": "qemu:///system", "lxc": "lxc:///system"}
BACKENDS = {"rbd": "rbd", "gluster": "gluster", "zfs": "zfs", "iscsi-direct": "iscsi-direct"}
LUKS = "0123456789abcdef"


class Missing(Exception):
    """A driver of libvirt is not installed."""


def reap_for_worker() -> None:
    """Be the first process of the PID namespace in one half, return in the other.

    libvirt waits until the daemons that it started are gone: somebody must collect them.
    """
    worker = os.fork()
    while worker:
        pid, status = os.wait()
        if pid == worker:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def furnish() -> None:
    """Give this mount namespace fresh folders, and a /dev without /dev/kvm (a node that hangs is worse than none)."""
    filters = sorted(Path("/usr/share/libvirt/nwfilter").glob("*.xml"))
    filters = filters or sorted(Path("/etc/libvirt/nwfilter").glob("*.xml"))
    stock = {file.name: file.read_text() for file in filters if os.access(file, os.R_OK)}
    for folder in ("/run", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,size=256M", "tmpfs", folder], check=True)
    for node in NODES:
        if os.path.exists(f"/dev/{node}"):
            new = Path("/run/dev", node)
            new.parent.mkdir(parents=True, exist_ok=True)
            new.touch()
            subprocess.run(["mount", "--bind", f"/dev/{node}", new], check=True)
    Path("/run/dev/shm").mkdir()
    subprocess.run(["mount", "--rbind", "/run/dev", "/dev"], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], capture_output=True)
    Path("/etc/libvirt/qemu.conf").write_text(QEMU_CONF)
    Path("/etc/libvirt/libvirtd.conf").write_text(LIBVIRTD_CONF)
    Path("/etc/libvirt/nwfilter").mkdir()
    for name, text in stock.items():
        Path("/etc/libvirt/nwfilter", name).write_text(text)


def start_libvirtd() -> subprocess.Popen:
    """Start the private daemon and wait until it answers."""
    daemon = subprocess.Popen(["libvirtd"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    for _ in range(200):
        try:
            libvirt.open("qemu:///system").close()
            return daemon
        except libvirt.libvirtError as error:
            last = error
            time.sleep(0.05)
    raise SystemExit(f"the private libvirtd does not answer: {last}")


def domain(tree: etree._ElementTree, validate: bool) -> None:
    """Define the domain with the driver of its type, then let QEMU's driver write the command line."""
    root = tree.getroot()
    kind = root.get("type", "qemu")
    uri = URIS.get(kind)
    if uri is None and kind.isalpha() and validate:
        raise Missing(f"no driver on this machine judges a domain of type {kind}")
    connection = open_driver(uri or "qemu:///system")
    without_kvm(root)
    xml = etree.tostring(tree, encoding="unicode")
    defined = connection.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE if validate else 0)
    try:
        if uri == "qemu:///system" and os.path.exists("/dev/net/tun"):
            connection.domainXMLToNative("qemu-argv", xml)
    finally:
        forget(defined)


def without_kvm(root: etree._Element) -> None:
    """Turn KVM domains into emulated ones: there is no KVM here, and the verdict must not depend on the host."""
    for node in [root] if root.tag == "domain" else root.iter("domain"):
        if node.get("type") == "kvm":
            node.set("type", "qemu")
        for cpu in node.iter("cpu"):
            if cpu.get("mode") == "host-passthrough":
                cpu.set("mode", "maximum")


def open_driver(uri: str) -> libvirt.virConnect:
    """Connect, or name the package with the driver."""
    try:
        return libvirt.open(uri)
    except libvirt.libvirtError as error:
        if error.get_error_code() in (libvirt.VIR_ERR_NO_CONNECT, libvirt.VIR_ERR_CONFIG_UNSUPPORTED):
            package = "libvirt-daemon-driver-" + uri.partition(":")[0]
            raise Missing(f"apt-get install --no-install-recommends {package}") from error
        raise


def forget(defined: libvirt.virDomain) -> None:
    """Remove a domain with its snapshots and firmware variables."""
    if defined.isActive():
        defined.destroy()
    defined.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)


def network(tree: etree._ElementTree, validate: bool) -> None:
    """Define the network with the real network driver."""
    flags = libvirt.VIR_NETWORK_DEFINE_VALIDATE if validate else 0
    open_driver("qemu:///system").networkDefineXMLFlags(etree.tostring(tree, encoding="unicode"), flags).undefine()


def pool(tree: etree._ElementTree, validate: bool) -> None:
    """Define the pool with the storage driver and the backend of its type."""
    flags = libvirt.VIR_STORAGE_POOL_DEFINE_VALIDATE if validate else 0
    xml = etree.tostring(tree, encoding="unicode")
    try:
        open_driver("qemu:///system").storagePoolDefineXML(xml, flags).undefine()
    except libvirt.libvirtError as error:
        if "missing backend" in str(error) and (package := BACKENDS.get(tree.getroot().get("type"))):
            raise Missing(f"apt-get install --no-install-recommends libvirt-daemon-driver-storage-{package}") from error
        raise


def volume(tree: etree._ElementTree, validate: bool) -> None:
    """Really create the volume in a pool on a small tmpfs; backing files and secrets are made to fit."""
    connection = open_driver("qemu:///system")
    images = fresh_folder()
    for size in tree.iter("allocation"):
        size.attrib.pop("unit", None) if str(size.text).strip().isdigit() else None
        size.text = "0" if str(size.text).strip().isdigit() else size.text
    for number, backing in enumerate(tree.iterfind("backingStore")):
        if (path := backing.findtext("path")) and path.startswith("/"):
            backing.find("path").text = image(images / f"backing{number}", backing.find("format"))
    for secret in tree.iterfind("target/encryption/secret"):
        define_secret(connection, secret)
    flags = libvirt.VIR_STORAGE_VOL_CREATE_VALIDATE if validate else 0
    pool = connection.storagePoolCreateXML(
        f"<pool type='dir'><name>judge</name><target><path>{images}</path></target></pool>"
    )
    try:
        pool.createXML(etree.tostring(tree, encoding="unicode"), flags)
    finally:
        pool.destroy()


def define_secret(connection: libvirt.virConnect, secret: etree._Element) -> None:
    """Make the secret that an encrypted volume names."""
    name = f"<uuid>{secret.get('uuid')}</uuid>" if secret.get("uuid") else ""
    usage = f"<usage type='volume'><volume>{secret.get('usage') or '/judge'}</volume></usage>"
    made = connection.secretDefineXML(f"<secret ephemeral='yes' private='yes'>{name}{usage}</secret>")
    made.setValue(LUKS.encode())


def image(path: Path, form: etree._Element | None = None) -> str:
    """Make a small image (a fresh file) for a disk or a backing file and return its path."""
    kind = form.get("type", "qcow2") if form is not None else "qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", kind, str(path), "1M"], capture_output=True)
    return str(path)


def fresh_folder() -> Path:
    """Empty the scratch folder."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir()
    return SCRATCH
