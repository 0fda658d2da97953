"""Whether this machine's KVM can carry a lab: found out by booting a kernel, never by a look at /dev/kvm.

There are machines whose /dev/kvm opens and answers, and whose guests then hang. Source: qemu-system(1) 7.2.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.image import CACHE, Image, search_path

LIMIT = 20  # seconds for a kernel to reach its first program: with working KVM it needs one or two
PROBE = ("-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults", "-no-user-config", "-no-reboot", "-nographic")
BOOTED = b"Run /init as init process"


def kvm_works(image: Image) -> bool:
    """Return whether a kernel boots with the host's KVM and may use KVM itself; asked once per boot of the host."""
    if not any(_nested(module) for module in ("kvm_amd", "kvm_intel")) or not Path("/dev/kvm").exists():
        return False
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    known = CACHE / f"kvm-works-{boot}"
    if not known.is_file():
        for old in CACHE.glob("kvm-works-*"):
            old.unlink(missing_ok=True)
        known.write_text("yes" if _boots(image) else "no", encoding="utf-8")
    return known.read_text(encoding="utf-8") == "yes"


def _nested(module: str) -> bool:
    path = Path(f"/sys/module/{module}/parameters/nested")
    return path.is_file() and path.read_text(encoding="utf-8").strip() in ("1", "Y")


def _boots(image: Image) -> bool:
    kernel = ("-kernel", f"{image.folder}/vmlinuz", "-initrd", f"{image.folder}/initrd")
    command = ["qemu-system-x86_64", *PROBE, *kernel, "-append", "console=ttyS0 panic=-1", "-serial", "stdio"]
    process = subprocess.Popen(
        ["timeout", "--signal=KILL", str(LIMIT), *command], env={"PATH": search_path()},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return any(BOOTED in line for line in process.stdout)
    finally:
        process.terminate()  # `timeout` passes it on
        process.stdout.close()
        process.wait()
