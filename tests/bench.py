"""Speed, measured and never asserted: `make bench` prints a table.

Seconds are wall time on this machine, right now; compare runs on the same machine only.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pypdf import PdfReader

from overrides.blocks import model
from overrides.blocks.model import ROOT
from tests import pages, provenance, validators
from tests.conftest import build
from tests.transcripts import runner


def timed(what: str, work) -> object:
    """Run `work`, print how long it took, return its result."""
    started = time.perf_counter()
    result = work()
    print(f"{what:<62}{time.perf_counter() - started:8.2f} s", flush=True)
    return result


def building(scratch: Path) -> None:
    """The build of the site and what reads it; then the same tree with more pages, which should cost in proportion."""
    site = scratch / "site"
    assert build(ROOT, site).returncode == 0
    timed("site, clean strict build", lambda: build(ROOT, site))
    timed("pages, all checks", lambda: list(pages.problems()))
    timed("provenance audit of the built site", lambda: provenance.audit(site))
    tree = scratch / "tree"
    shutil.copytree(ROOT / "docs", tree / "docs")
    for name in ("mkdocs.yml", "overrides", "package-lock.json", "snippets", "tests"):
        (tree / name).symlink_to(ROOT / name)
    page = (ROOT / "docs/330.5-libvirt/networking.md").read_text(encoding="utf-8")
    for copies in (50, 200, 500):
        shutil.rmtree(tree / "docs/copies", ignore_errors=True)
        (tree / "docs/copies").mkdir()
        for number in range(copies):
            (tree / f"docs/copies/{number}.md").write_text(page.replace("](", "](../330.5-libvirt/"), encoding="utf-8")
        done = timed(f"site with {copies} more pages", lambda: build(tree, site, strict=False))
        assert done.returncode == 0, done.stderr[-2000:]


def judging(scratch: Path) -> None:
    """The validators, and the sessions of the sandbox one after the other."""
    files = [p for c in model.cases() for p in c.files]
    validators.check(next(p for p in files if p.name.endswith(".domain.xml")))  # the first capability probe
    timed(f"validators, {len(files)} files", lambda: [validators.check(p) for p in files])
    sample = next(p for p in files if p.name.endswith(".net.xml") and not model.is_invalid(p))
    for copies in (60, 600):
        folder = scratch / str(copies)
        folder.mkdir()
        for number in range(copies):
            shutil.copy(sample, folder / f"copy{number}.net.xml")
        title = f"validators, {copies} copies of {sample.name}"
        timed(title, lambda f=folder: list(map(validators.check, f.iterdir())))
    cases = [c for c in model.cases() if c.sessions and c.spec["runs_on"] == "tool"]
    timed(f"sessions, {len(cases)} cases", lambda: [runner.run(c) for c in cases])
    timed("make check", lambda: subprocess.run(["make", "check"], cwd=ROOT, stdout=subprocess.DEVNULL))


def reading(scratch: Path) -> None:
    """What the home page and each objective's page cost a reader with a phone: sizes, and Lighthouse's median of 5."""
    assert build(ROOT, scratch / "read").returncode == 0
    subprocess.run(["node", ROOT / "tests/bench_pages.mjs", scratch / "read"], cwd=ROOT, check=True)


def exporting(scratch: Path) -> None:
    """What `make dist` makes, without its judges: seconds, sizes, pages."""
    assert build(ROOT, scratch / "site").returncode == 0
    for name, form, *wish in (
        ("a4.pdf", "pdf"), ("letter.pdf", "pdf", "--paper", "letter"), ("guide.epub", "epub"), ("guide.zip", "offline"),
    ):  # fmt: skip
        command = [sys.executable, "-m", f"overrides.export.{form}", *wish, scratch / "site", scratch / name]
        timed(f"export, {name}", lambda c=command: subprocess.run(c, cwd=ROOT, check=True, capture_output=True))
        pages = f", {len(PdfReader(scratch / name).pages)} pages" if form == "pdf" else ""
        print(f"{'':<62}{(scratch / name).stat().st_size / 1e6:8.2f} MB{pages}")


PARTS = {"building": building, "judging": judging, "reading": reading, "exporting": exporting}


def main(wanted: list[str]) -> None:
    """Print the figures that the project promises to keep small."""
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"bench: no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in wanted or PARTS:
            PARTS[name](Path(scratch))


if __name__ == "__main__":
    main(sys.argv[1:])
