"""Shared fixtures: the tree as data, and the site built once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overrides.blocks import model
from overrides.blocks.model import ROOT, BadData


def pytest_configure() -> None:
    """Without readable data no test means anything: stop with the one line that says what is wrong."""
    try:
        model.objectives()
        model.cases()
    except BadData as error:
        raise pytest.UsageError(str(error)) from None


def build(root: Path, site: Path) -> subprocess.CompletedProcess:
    """Build the tree `root` strictly into `site`; return the finished process with its log."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--site-dir", site]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT, folder)
    if done.returncode:
        pytest.fail("mkdocs build --strict failed:\n" + done.stderr[-3000:])
    return folder


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what was proved, after the tests."""
    found = model.cases()
    files = [p for c in found for p in c.files if not p.name.startswith("_")]
    refused = sum(len(c.invalid) for c in found)
    terminalreporter.section("the guide")
    terminalreporter.write_line(
        f"cases {len(found)} | files accepted {len(files) - refused} | files refused {refused} | "
        f"sessions {sum(len(c.sessions) for c in found)} | "
        f"commands in them {sum(c.receipt.get('commands', 0) for c in found)}"
    )
    for report in terminalreporter.stats.get("passed", []):
        for name, line in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(line)
