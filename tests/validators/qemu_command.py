"""QEMU command lines (`NAME.qemu.sh`) and the bridge helper's list (`NAME.bridge.conf`).

Verdict on a command line: qemu-system-x86_64 itself (QEMU 7.2) starts the machine, stopped, and
answers `query-status` over QMP before it quits. The script runs as it stands, in an empty folder
and in namespaces of its own, with a bridge br0 and a tap tap0. A wrapper adds -S, no display and
the QMP socket; it swaps what needs the processor (KVM for TCG, -cpu host for -cpu max). Images,
kernels and initrds that the script names but does not make are blank stand-ins.
Verdict on bridge.conf: qemu-bridge-helper reads it as /etc/qemu/bridge.conf.
Source: qemu-system-x86_64(1); docs/system of QEMU 7.2.
"""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from tests.validators import Problem, ToolMissing
from tests.validators.shell import check_shell

QEMU = "/usr/bin/qemu-system-x86_64"
HELPER = "/usr/lib/qemu/qemu-bridge-helper"
SANDBOX = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c"]
NETWORK = "ip link set lo up; ip link add br0 type bridge; ip tuntap add dev tap0 mode tap; ip link set tap0 master br0; "
WRAPPER = f"""#!/bin/bash
args=()
for word; do
    case $last,$word in -accel,kvm*) word=tcg ;; -cpu,host*) word=max ;; esac
    args+=("${{word//accel=kvm/accel=tcg}}")
    last=$word
done
exec {QEMU} "${{args[@]}}" -S -display none -monitor none -qmp unix:"$VERDICT",server=on,wait=on
"""
NAMED = re.compile(r"(?:file|filename)=([^,\s\"]+)|-(?:kernel|initrd|cdrom|hda) +([^,\s\"]+)")
NOISE = re.compile(r"warning: (TCG doesn't support|host doesn't support)|^bash: line")


def check_qemu(path: Path) -> list[Problem]:
    """Return what bash, shellcheck and QEMU object to in the command line `path`."""
    if not (os.access(QEMU, os.X_OK) and shutil.which("qemu-img")):
        raise ToolMissing("QEMU: apt-get install qemu-system-x86 qemu-utils")
    if problems := check_shell(path):
        return problems
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bin_, home, sock = folder / "bin", folder / "home", folder / "q"
        bin_.mkdir(), home.mkdir()
        for command in ("qemu-system-x86_64", "kvm"):
            (bin_ / command).write_text(WRAPPER)
            (bin_ / command).chmod(0o755)
        for word in {a or b for a, b in NAMED.findall(path.read_text())}:
            if not word.startswith(("/", "$", "json:")):
                _stand_in(home / word)
        env = {**os.environ, "PATH": f"{bin_}:/usr/sbin:/usr/bin:/sbin:/bin", "VERDICT": str(sock), "HOME": name}
        process = subprocess.Popen(
            [*SANDBOX, f"{NETWORK} bash {path.resolve()}; status=$?; sleep 0.2; exit $status"],
            cwd=home, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            state = _ask(sock, process)
            _, errors = process.communicate(timeout=20)
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            process.kill()
            return [Problem(None, f"QEMU did not answer: {error}; {process.communicate()[1].strip()}")]
    reasons = [line for line in errors.splitlines() if not NOISE.search(line)]
    if state is None or process.returncode:
        return [Problem(None, r) for r in reasons] or [Problem(None, f"QEMU ended with status {process.returncode}")]
    return [Problem(None, r) for r in reasons if "warning:" in r]


def _stand_in(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".qcow2":
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", file, "1G"], check=True, timeout=20)
    elif file.name.startswith("vmlinuz"):  # as much of a kernel as QEMU's loader looks at: the boot header
        header = bytearray(65536)
        struct.pack_into("<BHI", header, 0x1F1, 4, 0, 0)
        struct.pack_into("<H4sH", header, 0x200, 0x66EB, b"HdrS", 0x020C)
        header[0x211] = 1
        struct.pack_into("<I", header, 0x22C, 0x7FFFFFFF)
        file.write_bytes(header)
    else:
        with file.open("wb") as blank:
            blank.truncate(1 << 24)


def _ask(path: Path, process: subprocess.Popen) -> str | None:
    """Return the machine's state, None if QEMU ended before it listened."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(20)
            try:
                link.connect(str(path))
            except OSError:
                if process.poll() is not None:
                    return None
                time.sleep(0.02)
                continue
            stream = link.makefile("rw")
            state = None
            try:
                for command in ("qmp_capabilities", "query-status", "quit"):
                    stream.write(json.dumps({"execute": command}) + "\n")
                    stream.flush()
                for line in stream:
                    state = (json.loads(line).get("return") or {}).get("status", state)
            except ConnectionError:  # QEMU refused the machine while it made it
                return None
            return state
    raise TimeoutError("no QMP socket after 30 s")


def check_bridge_conf(path: Path) -> list[Problem]:
    """Return what qemu-bridge-helper says when it reads `path` as its list of bridges."""
    if not os.access(HELPER, os.X_OK):
        raise ToolMissing("qemu-bridge-helper: apt-get install qemu-system-common")
    near, far = socket.socketpair()
    os.set_inheritable(far.fileno(), True)
    copy = "mount -t tmpfs tmpfs /etc; mkdir /etc/qemu; cat > /etc/qemu/bridge.conf; "
    with near, far:
        done = subprocess.run([*SANDBOX, f"{copy}{NETWORK} exec {HELPER} --br=br0 --fd={far.fileno()}"],
                              input=path.read_text(), capture_output=True, text=True, timeout=20, close_fds=False)
    return [Problem(None, r) for r in done.stderr.splitlines()] if done.returncode else []


FORMATS = {".bridge.conf": check_bridge_conf, ".qemu.sh": check_qemu}
