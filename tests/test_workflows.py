"""The workflows of .github/: valid, closed, and made of the same commands that a person types."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
TARGETS = re.compile(r"^([a-z-]+):", re.M)
BAD = """on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.pull_request.title }}
"""


def run(*command) -> subprocess.CompletedProcess:
    """Run a tool of this environment."""
    return subprocess.run([TOOLS / command[0], *command[1:]], capture_output=True, text=True)


def audit(folder: Path) -> subprocess.CompletedProcess:
    """What zizmor says, in its strictest mood, about all workflows below `folder`."""
    return run("zizmor", "--offline", "--no-progress", "--persona=auditor", folder)


def test_the_workflows_follow_githubs_schema():
    done = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_the_workflows_have_no_weak_spot():
    done = audit(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_weak_workflow_is_found(tmp_path):
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/bad.yml").write_text(BAD)
    done = audit(tmp_path)
    assert done.returncode
    for fault in ("dangerous-triggers", "unpinned-uses", "template-injection", "excessive-permissions"):
        assert fault in done.stdout


def test_each_issue_form_follows_githubs_schema():
    forms = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    done = run("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *forms)
    assert forms and done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_job_runs_targets_of_the_makefile(path):
    targets = set(TARGETS.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    used = {word for line in re.findall(r"run: make (.*)", path.read_text(encoding="utf-8")) for word in line.split()}
    assert used and used <= targets, f"{path}: {used - targets} is no target of the Makefile; call one, or add it there"


def test_the_citation_is_valid():
    done = run("check-jsonschema", "--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff")
    assert done.returncode == 0, done.stdout
    assert safe_yaml.load(ROOT / "CITATION.cff")["version"] == "0.1.0"
