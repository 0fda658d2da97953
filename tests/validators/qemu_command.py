"""Judge QEMU command lines (`NAME.qemu.sh`) and the bridge helper's list (`NAME.bridge.conf`).

Verdict on a command line: qemu-system-x86_64 (QEMU 7.2) makes the machine, stopped, and answers
`query-status` over QMP before it quits. The script runs as it stands in a sandbox of its own, with a
bridge br0 and a tap tap0. A wrapper adds -S, no display and the QMP socket, and swaps what needs the
processor (KVM for TCG, -cpu host for -cpu max). Images, kernels and initrds that the script names are
blank stand-ins.
Verdict on bridge.conf: qemu-bridge-helper reads it as /etc/qemu/bridge.conf.
Source: qemu-system-x86_64(1); docs/system of QEMU 7.2.
"""

import contextlib
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

from tests.transcripts.sandbox import Sandbox
from tests.transcripts.shell import LabError
from tests.validators import Problem, ToolMissing
from tests.validators.shell import check_shell

QEMU = "/usr/bin/qemu-system-x86_64"
HELPER = "/usr/lib/qemu/qemu-bridge-helper"
SANDBOX = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c"]
NETWORK = "ip link set lo up; ip link add br0 type bridge; ip tuntap add tap0 mode tap; ip link set tap0 master br0;"
START = """install -m 755 qemu-system-x86_64 /opt/
(cd run; PATH=/opt:$PATH; bash ../{} </dev/null >/dev/null 2>../said; echo $? > ../status) &"""
CHILD = Path(__file__).with_name("_qmp_child.py")
SECONDS = 30
WRAPPER = f"""#!/bin/bash
args=()
for word; do
    case $last,$word in -accel,kvm | -accel,kvm,*) word=tcg ;; -cpu,host | -cpu,host,*) word=max ;; esac
    args+=("${{word//accel=kvm/accel=tcg}}")
    last=$word
done
exec {QEMU} "${{args[@]}}" -S -display none -monitor none -qmp unix:/root/q,server=on,wait=on
"""
NAMED = re.compile(r"(?:(?:file|filename)=|-(?:kernel|initrd|cdrom|hda) +)(\w[\w.-]*)(?=[,\s])")
NOISE = re.compile(r"warning: (TCG|host) doesn't support|CPU doesn't support hyperthreading|info: QEMU waiting")


def check_qemu(path: Path) -> list[Problem]:
    """Return what bash, shellcheck and QEMU object to in the command line `path`."""
    if not (os.access(QEMU, os.X_OK) and shutil.which("qemu-img")):
        raise ToolMissing("QEMU: apt-get install qemu-system-x86 qemu-utils")
    if problems := check_shell(path):
        return problems
    with tempfile.TemporaryDirectory() as name:
        wrapper = Path(name, "qemu-system-x86_64")
        wrapper.write_text(WRAPPER)
        kernel = Path(name, "kernel")
        kernel.write_bytes(_boot_header())
        with contextlib.closing(Sandbox([path, wrapper, kernel, CHILD])) as place:
            try:
                return _judge(path, place)
            except LabError as error:
                return [Problem(None, f"QEMU did not answer: {error}")]


def _judge(path: Path, place: Sandbox) -> list[Problem]:
    shell = place.shell("kvm1", "root")
    files = "; ".join(_stand_in(word) for word in sorted(set(NAMED.findall(path.read_text()))))
    shell.run(f"{NETWORK} mkdir run && (cd run; {files or 'true'})", SECONDS)
    shell.run(START.format(path.name), SECONDS)
    state = shell.run(f"python3 {CHILD.name}", 2 * SECONDS)[0].strip()
    said, status, _ = shell.run('until [ -s status ]; do sleep 0.05; done; cat said; (exit "$(<status)")', SECONDS)
    reasons = [line for line in said.splitlines() if not NOISE.search(line)]
    if not state or status:
        return [Problem(None, r) for r in reasons] or [Problem(None, f"QEMU ended with status {status}")]
    return [Problem(None, r) for r in reasons if "warning:" in r]


def _stand_in(name: str) -> str:
    """The command that makes a blank file where the script expects `name`."""
    if name.endswith(".qcow2"):
        return f"qemu-img create -q -f qcow2 {name} 1G"
    return f"cp ../kernel {name}" if name.startswith("vmlinuz") else f"truncate -s 16M {name}"


def _boot_header() -> bytes:
    """As much of a kernel as QEMU's loader looks at."""
    header = bytearray(65536)
    struct.pack_into("<B16x4sH9xB", header, 0x1F1, 4, b"HdrS", 0x020C, 1)
    struct.pack_into("<I", header, 0x22C, 0x7FFFFFFF)
    return bytes(header)


def check_bridge_conf(path: Path) -> list[Problem]:
    """Return what qemu-bridge-helper says when it reads `path` as its list of bridges."""
    if not os.access(HELPER, os.X_OK):
        raise ToolMissing("qemu-bridge-helper: apt-get install qemu-system-common")
    near, far = socket.socketpair()
    copy = "mount -t tmpfs tmpfs /etc; mkdir /etc/qemu; cat > /etc/qemu/bridge.conf; "
    with near, far:
        argv = [*SANDBOX, f"{copy}{NETWORK} exec {HELPER} --br=br0 --fd={far.fileno()}"]
        done = subprocess.run(
            argv, input=path.read_text(), pass_fds=[far.fileno()], capture_output=True, text=True, timeout=20
        )
    return [Problem(None, r) for r in done.stderr.splitlines()] if done.returncode else []


FORMATS = {".bridge.conf": check_bridge_conf, ".qemu.sh": check_qemu}
