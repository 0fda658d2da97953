"""A copy of the guide's own tree, as a contributor's laptop has it: there the pages on contributing are tried.

No wall stands around it. A target of make runs the project's own code, as the tests do, so only cases below
snippets/contributing/ may ask for this place (`overrides.blocks.model.read_case`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from overrides.blocks.model import ROOT
from tests.transcripts.sandbox import ENVIRONMENT
from tests.transcripts.shell import Shell

TREE = "virtualization-guide"
AUTHOR = ["-c", "user.name=Student", "-c", "user.email=student@example.com"]


def copy(target: Path) -> Path:
    """Copy the tree as Git knows it, with what is new in it, to `target`; what was installed is shared."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    for name in (".venv", "node_modules", "docs/assets/javascripts/mermaid.min.js"):
        (target / name).symlink_to(ROOT / name)
    (target / ".cache").mkdir()
    if (ROOT / ".cache/diagrams").is_dir():
        shutil.copytree(ROOT / ".cache/diagrams", target / ".cache/diagrams")
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    return target


class Checkout:
    """The home of `student` on `laptop`: the case's files, and the tree in the folder virtualization-guide."""

    hosts = ("laptop",)

    def __init__(self, files: list[Path]):
        """Copy the tree, commit it, start a shell beside it."""
        self.home = Path(tempfile.mkdtemp(prefix="guide-checkout-"))
        self.process: subprocess.Popen | None = None
        try:
            tree = copy(self.home / TREE)
            for command in (["add", "--all"], ["commit", "--quiet", "--message=The tree"]):
                subprocess.run(["git", *AUTHOR, *command], cwd=tree, check=True)
            for file in files:
                shutil.copy(file, self.home)
            self.process = subprocess.Popen(
                ["bash", "--noprofile", "--norc"], cwd=self.home, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**ENVIRONMENT, "HOME": str(self.home)},
            )  # fmt: skip
            self.only = Shell(self.process.stdout.fileno(), self.process.stdin.fileno(), str(self.home))
        except BaseException:
            self.close()
            raise

    def shell(self, host: str, user: str) -> Shell:
        """The one shell: whoever runs the tests plays `student`."""
        return self.only

    def visit(self) -> None:
        """Let the person at the terminal look around; ends when they leave."""
        subprocess.run(["bash", "-l"], cwd=self.home / TREE)

    def close(self) -> None:
        """End the shell and what it started; remove the copy."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()
        shutil.rmtree(self.home, ignore_errors=True)
