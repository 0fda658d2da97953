"""`python -m tests.canary SITE`: build the same sources with Zensical, Material's successor, and report what differs.

A report, no test: Material's life ends in May 2027, and this says how far the move is today. Zensical and what the site
needs go into an environment of their own below .cache/; hooks don't run there, so diagrams are left to the browser.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path

from overrides.blocks.model import ROOT
from tests import parity

ZENSICAL = "zensical==0.0.73"
COPIED = ("docs", "overrides", "mkdocs.yml")
LINKED = ("snippets", "tests", "node_modules", "package-lock.json", "pyproject.toml")


def environment() -> Path:
    """The programs of an environment with Zensical, made on first use."""
    lock = ROOT / "requirements-site.lock"
    name = hashlib.sha256(ZENSICAL.encode() + lock.read_bytes()).hexdigest()[:16]
    folder = ROOT / f".cache/canary-{name}"
    if not (folder / "whole").exists():
        venv.create(folder, clear=True, with_pip=True)
        for wanted in (["--require-hashes", "-r", lock], [ZENSICAL]):
            pip = [folder / "bin/pip", "install", "-qqq", "--disable-pip-version-check", *wanted]
            if subprocess.run(pip).returncode:
                sys.exit(f"pip could not install {wanted[-1]}; correct its version in tests/canary.py")
        (folder / "whole").touch()
    return folder / "bin"


def build(tree: Path) -> tuple[Path, float]:
    """The site that Zensical makes of a tree like ours below `tree`, and the seconds it took."""
    for name in COPIED:  # Zensical resolves links, and wants these below its configuration
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    started = time.monotonic()
    command = [environment() / "zensical", "build"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tree)})
    if done.returncode or not (tree / "site/index.html").is_file():
        sys.exit(f"{ZENSICAL} does not build the site:\n{(done.stdout + done.stderr)[-3000:]}")
    return tree / "site", time.monotonic() - started


def compare(ours: dict[str, parity.Shape], theirs: dict[str, parity.Shape]) -> list[str]:
    """The report: for each kind of thing on how many pages it differs, then each difference."""
    lines = [f"{url or 'index'}: not built" for url in sorted(ours.keys() - theirs.keys())]
    shared = sorted(ours.keys() & theirs.keys())
    differ = {url: list(parity.differences(url or "index", ours[url], theirs[url])) for url in shared}
    kinds = Counter(line.split(": ")[1] for found in differ.values() for line in found)
    lines += [
        f"{kind:<10} the same on {len(shared) - kinds[kind]} of {len(ours)} pages" for kind in parity.Shape._fields
    ]
    return lines + [line for found in differ.values() for line in found]


def main(site: str) -> None:
    """Print the report."""
    with tempfile.TemporaryDirectory(prefix="guide-canary-") as folder:
        made, seconds = build(Path(folder))
        print(
            f"{ZENSICAL} builds the site in {seconds:.1f} s",
            *compare(parity.of_site(Path(site)), parity.of_site(made)),
            sep="\n",
        )
        shutil.rmtree(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
