"""The hooks that git may run before a commit: local ones only, and each runs here and can refuse."""

import subprocess
import sys
from pathlib import Path

import pytest

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT

REPOS = safe_yaml.load(ROOT / ".pre-commit-config.yaml")["repos"]
HOOKS = {hook["id"]: hook for repo in REPOS for hook in repo["hooks"]}


def run(hook: str, *files) -> subprocess.CompletedProcess:
    """Run a hook's command as pre-commit does: at the root, the files behind it."""
    words = HOOKS[hook]["entry"].split()
    tool = Path(sys.executable).parent / Path(words[0]).name
    return subprocess.run([tool, *words[1:], *files], cwd=ROOT, capture_output=True, text=True)


def test_no_hook_comes_from_elsewhere_or_changes_the_environment():
    assert {repo["repo"] for repo in REPOS} == {"local"}
    assert all(h["language"] == "system" and h["entry"].startswith(".venv/bin/") for h in HOOKS.values())


def test_every_hook_accepts_the_tree():
    for name, hook in HOOKS.items():
        done = run(name, *([] if hook.get("pass_filenames") is False else ["overrides", "tests"]))
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("hook, code", [("ruff-check", "import os\n"), ("ruff-format", "a  =  1\n")])
def test_a_hook_refuses_bad_code(hook, code, tmp_path):
    (tmp_path / "bad.py").write_text(code)
    done = run(hook, tmp_path / "bad.py")
    assert done.returncode and "bad.py" in done.stdout + done.stderr
