"""The receipt (run.toml): what ran, on what, when. Written by the machine only.

`files` holds the SHA-256 of every file of the case, so that an edit after the run shows;
`seal` is the SHA-256 of the receipt's other lines, so that an edit of the receipt shows.
"""

from __future__ import annotations

import datetime
import hashlib
import platform
import re
import subprocess
import tomllib
from pathlib import Path

from overrides.blocks.model import Case
from tests.lab import image
from tests.lab.labs import LABS
from tests.lab.machine import with_hardware
from tests.lab.state import qemu_version

HEAD = "# Written by `make record`; never edit by hand.\n"


def write(case: Case, seconds: float, commands: int) -> None:
    """Write the receipt of a run that has just succeeded."""
    lines = [
        f"date = {datetime.datetime.now(datetime.UTC).date()}",
        f'place = "{case.spec["runs_on"]}"',
        *_machine(case),
        f"seconds = {seconds:.1f}",
        f"commands = {commands}",
        "",
        "[versions]",
        *(f'"{name}" = "{_version(name, case)}"' for name in sorted(case.spec.get("needs", []))),
        "",
        "[files]",
        *(f'"{name}" = "{digest}"' for name, digest in _digests(case.folder).items()),
    ]
    body = "\n".join(lines) + "\n"
    (case.folder / "run.toml").write_text(f'{HEAD}seal = "{_seal(body)}"\n{body}', encoding="utf-8")


def stale(case: Case) -> list[str]:
    """Say why the receipt of `case` does not stand for its files ([] = it does)."""
    path = case.folder / "run.toml"
    again = f"run make record CASE={case.name}"
    if not path.is_file():
        return [f"{path}:1: no receipt for {len(case.sessions)} session(s); {again}"]
    text = path.read_text(encoding="utf-8")
    head, _, body = text.removeprefix(HEAD).partition("\n")
    if head != f'seal = "{_seal(body)}"':
        return [f"{path}:2: the receipt was edited by hand (its seal is broken); {again}"]
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"{path}:1: {error}; {again}"]
    if missing := {"date", "place", "machine", "seconds", "commands", "versions", "files"} - told.keys():
        return [f"{path}:1: a receipt without {', '.join(sorted(missing))}; {again}"]
    if told["place"] != case.spec["runs_on"]:
        return [f"{path}:1: ran in {told['place']}, but case.toml says {case.spec['runs_on']}; {again}"]
    if (lab := LABS.get(case.spec["runs_on"])) and told.get("image") != image.digest(lab):
        return [f"{path}:1: recorded on another image of the lab ({lab.recipe} has changed); {again}"]
    known, found = told["files"], _digests(case.folder)
    changed = [n for n in sorted(known.keys() | found.keys()) if known.get(n) != found.get(n)]
    return [f"{case.folder / name}:1: changed since the run that {path} records; {again}" for name in changed]


def moved(case: Case) -> bool:
    """Whether the files of a lab case, its tools or its lab are not those of the receipt any more."""
    made = image.built(LABS[case.spec["runs_on"]])
    if stale(case) or not made:
        return True
    lines = tomllib.loads("\n".join(_machine(case)))
    versions = {name: _version(name, case) for name in case.spec.get("needs", [])}
    return versions != case.receipt["versions"] or any(case.receipt[key] != lines[key] for key in lines)


def _seal(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.name != "run.toml")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _machine(case: Case) -> list[str]:
    """The receipt's lines about the machine."""
    emulated = "emulation by TCG"
    if lab := LABS.get(case.spec["runs_on"]):
        made = image.ensure(lab)
        inside = re.sub(r"\{(.+?)\}", lambda package: made.versions[package[1]], lab.described)
        how = "with KVM" if with_hardware(made) else emulated
        return [f'machine = "{inside}, in QEMU {qemu_version()}, {how}"', f'image = "{made.digest}"']
    return [f'machine = "{_system()}, Linux {platform.release().split("-")[0]}, {emulated} where a guest runs"']


def _version(package: str, case: Case) -> str:
    if lab := LABS.get(case.spec["runs_on"]):
        if package not in (known := image.ensure(lab).versions):
            raise SystemExit(f"{package} (needs = in case.toml) is not in the lab; see {lab.recipe}")
        return known[package]
    query = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    done = subprocess.run(query, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"package {package} (needs = in case.toml) is not installed: apt-get install {package}")
    return done.stdout


def _system() -> str:
    return platform.freedesktop_os_release()["PRETTY_NAME"]
