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


def main() -> None:
    """Print the figures that the project promises to keep small."""
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        assert build(ROOT, site).returncode == 0
        timed("site, clean strict build", lambda: build(ROOT, site))
        timed("pages, all checks", lambda: list(pages.problems()))
        timed("provenance audit of the built site", lambda: provenance.audit(site))
        files = [p for c in model.cases() for p in c.files]
        validators.check(next(p for p in files if p.name.endswith(".domain.xml")))  # the first capability probe
        timed(f"validators, {len(files)} files", lambda: [validators.check(p) for p in files])
        sample = next(p for p in files if p.name.endswith(".net.xml") and not model.is_invalid(p))
        for copies in (60, 600):
            folder = Path(scratch) / str(copies)
            folder.mkdir()
            for number in range(copies):
                shutil.copy(sample, folder / f"copy{number}.net.xml")
            title = f"validators, {copies} copies of {sample.name}"
            timed(title, lambda f=folder: list(map(validators.check, f.iterdir())))
        cases = [c for c in model.cases() if c.sessions and c.spec["runs_on"] == "tool"]
        timed(f"sessions, {len(cases)} cases", lambda: [runner.run(c) for c in cases])
    timed("make check", lambda: subprocess.run(["make", "check"], cwd=ROOT, stdout=subprocess.DEVNULL))


if __name__ == "__main__":
    sys.exit(main())
