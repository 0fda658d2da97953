"""Judge QEMU command lines (`NAME.qemu.sh`) and the bridge helper's list (`NAME.bridge.conf`).

Verdict on a command line: qemu-system-x86_64 (QEMU 7.2) makes the machine, stopped, and answers
`query-status` over QMP before it quits. The script runs as it stands in an empty folder and in
namespaces of its own (all else read-only), with a bridge br0 and a tap tap0. A wrapper adds -S, no
display and the QMP socket, and swaps what needs the processor (KVM for TCG, -cpu host for -cpu max).
Images, kernels and initrds that the script names are blank stand-ins.
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
NETWORK = "ip link set lo up; ip link add br0 type bridge; ip tuntap add tap0 mode tap; ip link set tap0 master br0;"
ALONE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && cd "$1/home" && bash "$0" </dev/null'
STAY = " && { read -r _ || true; }"  # a daemon lives as long as its namespace: until stdin is closed
WRAPPER = f"""#!/bin/bash
args=()
for word; do
    case $last,$word in -accel,kvm | -accel,kvm,*) word=tcg ;; -cpu,host | -cpu,host,*) word=max ;; esac
    args+=("${{word//accel=kvm/accel=tcg}}")
    last=$word
done
exec {QEMU} "${{args[@]}}" -S -display none -monitor none -qmp unix:"$VERDICT",server=on,wait=on
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
        folder = Path(name)
        home, sock, wrapper = folder / "home", folder / "q", folder / "qemu-system-x86_64"
        home.mkdir()
        wrapper.write_text(WRAPPER)
        wrapper.chmod(0o755)
        for word in set(NAMED.findall(path.read_text())):
            _stand_in(home / word)
        env = {**os.environ, "PATH": f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin", "VERDICT": str(sock)}
        env |= {"HOME": name, "TMPDIR": name}
        process = subprocess.Popen(
            [*SANDBOX, f"{NETWORK} {ALONE}{STAY}", path.resolve(), folder],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
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
    if file.suffix == ".qcow2":
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", file, "1G"], check=True, timeout=20)
    elif file.name.startswith("vmlinuz"):  # as much of a kernel as QEMU's loader looks at: the boot header
        header = bytearray(65536)
        struct.pack_into("<B16x4sH9xB", header, 0x1F1, 4, b"HdrS", 0x020C, 1)
        struct.pack_into("<I", header, 0x22C, 0x7FFFFFFF)
        file.write_bytes(header)
    else:
        file.write_bytes(bytes(1 << 24))


def _ask(path: Path, process: subprocess.Popen) -> str | None:
    """Return the machine's state, None if QEMU ended before it listened."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(20)
            if link.connect_ex(str(path)):
                if process.poll() is not None:
                    break
                time.sleep(0.02)
                continue
            stream = link.makefile("rw")
            state = None
            try:
                for command in ("qmp_capabilities", "query-status", "quit"):
                    stream.write(json.dumps({"execute": command}) + "\n")
                    stream.flush()
                    while "return" not in (answer := json.loads(stream.readline())):
                        pass  # the greeting, an event
                    state = answer["return"].get("status", state)
            except (ConnectionError, json.JSONDecodeError):  # QEMU went: refused the machine, or did quit
                pass
            return state
    return None


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
