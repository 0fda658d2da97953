"""The disk image of a lab: built from Debian packages, kept under the hash of its recipe.

Source of the method: mmdebstrap(1) 1.3 (hooks, `download`), mke2fs(8) 1.47 (-d), xen-hypervisor 4.17.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from overrides.blocks.model import ROOT
from tests.lab.labs import RECIPES, Lab
from tests.transcripts.shell import LabError

CACHE = ROOT / ".cache/lab"
TOOLS = {
    "mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs", "qemu-img": "qemu-utils", "zstd": "zstd",
    "qemu-system-x86_64": "qemu-system-x86", "setpriv": "util-linux", "xz": "xz-utils",
}  # fmt: skip
LIMIT = 1800  # seconds for the whole build


@dataclass(frozen=True)
class Image:
    """A finished image: what QEMU needs in `folder`, and the hash of what it was made from."""

    lab: Lab
    folder: Path
    digest: str

    @cached_property
    def versions(self) -> dict[str, str]:
        """Package -> version inside the image."""
        return dict(line.split() for line in (self.folder / "versions").read_text(encoding="utf-8").splitlines())


def digest(lab: Lab) -> str:
    """The hash of everything that the image is made from."""
    total = hashlib.sha256()
    for path in [*sorted(lab.recipe.iterdir()), *(RECIPES / name for name in lab.borrowed)]:
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def ensure(lab: Lab) -> Image:
    """Return the image, building it first when there is none for this recipe."""
    missing = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool, path=search_path())})
    if missing:
        raise LabError(f"the {lab.title} needs Debian packages: apt-get install {' '.join(missing)}")
    name = f"{lab.name}-{digest(lab)}"
    image = Image(lab, CACHE / name, digest(lab))
    if not _whole(image):
        with locked():
            if not _whole(image):
                shutil.rmtree(image.folder, ignore_errors=True)
                with building(name) as folder:
                    _build(lab, folder)
    return image


def built(lab: Lab) -> bool:
    """Whether there is an image of this recipe."""
    return _whole(Image(lab, CACHE / f"{lab.name}-{digest(lab)}", digest(lab)))


def search_path() -> str:
    """PATH with the folders of system programs, which an ordinary user may lack."""
    return os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Let only one process at a time build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def building(name: str) -> Iterator[Path]:
    """A temporary folder that becomes CACHE/name when the block ends well, and vanishes otherwise."""
    for rest in CACHE.glob("building-*"):  # of a build that was killed: we hold the lock
        shutil.rmtree(rest, ignore_errors=True)
    folder = CACHE / f"building-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
        folder.rename(CACHE / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def say(lab: Lab, *texts: str) -> None:
    """A line of progress."""
    print(f"==> {lab.title}: {', '.join(texts)}", file=sys.stderr, flush=True)


def _whole(image: Image) -> bool:
    return all((image.folder / part).is_file() for part in image.lab.parts)


def _build(lab: Lab, folder: Path) -> None:
    lines = (lab.recipe / "packages.txt").read_text(encoding="utf-8").splitlines()
    packages = [name for line in lines if (name := line.partition("#")[0].strip())]
    say(lab, f"building the image from {len(packages)} Debian packages, some minutes")
    leave_out = ("doc", "locale", "info", "man", "lintian")
    command = [
        "mmdebstrap", "--variant=minbase", "--format=null", "--mode=auto",
        '--aptopt=APT::Install-Recommends "false"', "--skip=cleanup/apt",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in leave_out),
        f"--include={','.join(packages)}",
        f"--hook-directory={lab.recipe}",  # the KVM lab has an essential.sh
        f'--customize-hook="{lab.recipe}/finish.sh" "$1"',
        *(f'--customize-hook=download /lab-out/{part} "{folder}/{part}"' for part in lab.parts),
        "bookworm", "/dev/null",
    ]  # fmt: skip
    started = time.monotonic()
    log: list[str] = []
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", env={**os.environ, "PATH": search_path(), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    try:
        for line in process.stdout:
            log.append(line.rstrip())
            if line.startswith("I: "):
                say(lab, f"{time.monotonic() - started:4.0f} s  {line[3:].strip()[:90]}")
            if time.monotonic() - started > LIMIT:
                raise LabError(f"the image was not built in {LIMIT} s; last lines:\n" + "\n".join(log[-8:]))
        if process.wait():
            told = [line for line in log if not line.startswith("I: ")]
            raise LabError("the image can't be built; last lines:\n" + "\n".join(told[-12:]))
    finally:
        if process.poll() is None:
            process.terminate()  # mmdebstrap removes its own folder
            process.wait(60)
    missing = [part for part in lab.parts if not (folder / part).is_file()]
    if missing:
        raise LabError(f"the build left no {', '.join(missing)}; last lines:\n" + "\n".join(log[-12:]))
    say(lab, f"image built in {time.monotonic() - started:.0f} s")
