"""Shared fixtures: the tree as data, and the site built once."""

import functools
import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from overrides.blocks import model
from overrides.blocks.model import ROOT, BadData
from tests.transcripts import choice, receipt

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def pytest_configure() -> None:
    """Without readable data no test means anything: stop with the one line that says what is wrong."""
    try:
        model.objectives()
        model.cases()
    except BadData as error:
        raise pytest.UsageError(str(error)) from None
    choice.today()  # before the workers start: they inherit it


class Progress:
    """One line for each session that has run, with an estimate from the receipts' seconds."""

    def __init__(self, config: pytest.Config):
        self.terminal = config.pluginmanager.getplugin("terminalreporter")
        self.workers = config.getoption("numprocesses", None) or 1
        self.left = {case.name: case.receipt.get("seconds", 10.0) for case in choice.chosen(model.cases())}
        self.total, self.started = len(self.left), time.monotonic()
        self.ran: list[tuple[str, int, float]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say what has ended."""
        ran = dict(report.user_properties).get("session") if report.when == "call" else None
        if not ran:
            return
        self.ran.append(tuple(ran))
        self.left.pop(ran[0], None)
        rest = sum(self.left.values()) / self.workers
        self.terminal.ensure_newline()
        self.terminal.write_line(
            f"[{len(self.ran)}/{self.total}] {ran[0]}: {ran[1]} commands, {ran[2]:.1f} s, "
            f"{'ok' if report.passed else 'FAILED'}; sessions need about {rest / 60:.0f} min {rest % 60:02.0f} s more"
        )

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No dot for a session: it has its line."""
        named = report.when == "call" and "session" in dict(report.user_properties)
        return ("passed", "", "PASSED") if named and report.passed else None


def none(found: Iterable[str]) -> None:
    """Fail with the first ten of these lines and nothing around them: their reader wrote a page, not a test."""
    lines = [line.replace(f"{ROOT}/", "") for line in found]
    more = [f"and {len(lines) - 10} more"] if len(lines) > 10 else []
    if lines:
        pytest.fail("\n".join(lines[:10] + more), pytrace=False)


def build(root: Path, site: Path, strict: bool = True) -> subprocess.CompletedProcess:
    """Build the tree `root` into `site`; return the finished process with its log."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "mkdocs", "build", "--clean", "--site-dir", site]
    command += ["--strict"] if strict else []
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT, folder)
    if done.returncode:
        pytest.fail("mkdocs build --strict failed:\n" + done.stderr[-3000:])
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    """The address of the built site on loopback."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Follow the sessions from the process that a person watches."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Progress(session.config), "guide-progress")


def pytest_report_header() -> str:
    """Which sessions this run chose."""
    found = choice.choose(model.cases(), choice.today(), choice.everything(), receipt.moved)
    return choice.describe(found, choice.today())


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
    progress = terminalreporter.config.pluginmanager.getplugin("guide-progress")
    if progress and progress.ran:
        terminalreporter.write_line(
            f"run again now: {len(progress.ran)} cases, {sum(commands for _, commands, _ in progress.ran)} commands, "
            f"{time.monotonic() - progress.started:.0f} s"
        )
    for report in terminalreporter.stats.get("passed", []):
        for name, line in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(line)
