"""The saved state of a lab: the machine boots once, each case starts where it was ready.

The state belongs to one QEMU version and one set of machine options; its folder is named by both.
"""

from __future__ import annotations

import functools
import hashlib
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.lab.image import Image, building, locked, say
from tests.lab.machine import Machine, make_disk, options
from tests.transcripts.shell import LabError, Shell

DISKS = ("system.qcow2", "vg0.qcow2")
BOOT_LIMIT = 180  # seconds for a cold start, which a loaded machine needs


@functools.cache
def qemu_version() -> str:
    """The version of QEMU on this machine."""
    command = ["qemu-system-x86_64", "--version"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.split("version ")[1].split()[0]


def saved(image: Image, guest: bool = False) -> Path:
    """The folder with the saved state for this QEMU, made when there is none: the host alone, or with web01 running."""
    key = hashlib.sha256(repr((qemu_version(), options(image))).encode()).hexdigest()[:12]
    folder = image.folder / f"{'web01' if guest else image.lab.hosts[0]}-{key}"
    if not (folder / "state.zst").is_file():
        below = saved(image) if guest else None
        with locked():
            if not (folder / "state.zst").is_file():
                with building(f"{image.folder.name}/{folder.name}") as half:
                    _freeze(image, half, below)
    return folder


def start(image: Image, guest: bool = False, wire: socket.socket | None = None) -> Machine:
    """A machine from the saved state, running on throw-away overlays that have no name any more."""
    folder = saved(image, guest)
    with tempfile.TemporaryDirectory(prefix="guide-lab-") as scratch:
        return _resume(image, folder, Path(scratch), wire)


def _resume(image: Image, folder: Path, overlays: Path, wire: socket.socket | None = None) -> Machine:
    """Start from the state in `folder`, writing to new disks in `overlays`."""
    disks = [overlays / name for name in DISKS]
    for disk in disks:
        make_disk(disk, backing=folder / disk.name)
    machine = Machine(image, disks, folder / "state.zst", wire)
    try:
        machine.resume()
    except BaseException as error:
        machine.close()
        if isinstance(error, LabError):
            raise LabError(f"the saved state is damaged; remove it: rm -r {folder}\n{error}") from None
        raise
    return machine


def _freeze(image: Image, folder: Path, below: Path | None) -> None:
    """Bring a machine to the point where cases start, and save its state and its disks in `folder`."""
    say(image.lab, "starting web01 in it" if below else "first start of the machine", "then the state is saved")
    started = time.monotonic()
    if below:
        machine = _resume(image, below, folder)
    else:
        disks = [folder / name for name in DISKS]
        make_disk(disks[0], backing=image.folder / "base.qcow2")
        make_disk(disks[1])
        machine = Machine(image, disks)
    try:
        if below:
            shell = Shell(end := machine.channel["root"].fileno(), end, "/root")
            script = (image.lab.recipe / "web01.sh").read_text(encoding="utf-8")
            output, status, _ = shell.run(f"(bash -s <<'SCRIPT'\n{script}\nSCRIPT\n)", BOOT_LIMIT)
            if status:
                raise LabError(f"web01 does not start: {output.strip()[-800:]}{machine.tail()}")
        else:
            machine.wait_for("GUIDE ready", BOOT_LIMIT)
        ready = time.monotonic() - started
        time.sleep(1)  # what follows a start comes to rest
        machine.save(folder / "state.zst")
        (folder / "console.log").write_text(machine.console(), encoding="utf-8")
    finally:
        machine.close()
    say(image.lab, f"ready after {ready:.0f} s, state saved: {(folder / 'state.zst').stat().st_size >> 20} MB")
