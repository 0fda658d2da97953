"""Shell scripts and snippets: bash's own parser, then shellcheck (0.9).

`bash -n` refuses what bash can't parse; shellcheck refuses what bash takes but does not mean
(unquoted expansions, misspelt variables, tests that are always true). Neither looks whether the interpreter
of the first line is there, so that is done here. Nothing is executed.
Source: bash(1), shellcheck(1).
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.validators import Problem, ToolMissing

LINE = re.compile(r"line (\d+): (.*)")


def check_shell(path: Path) -> list[Problem]:
    """Return what bash and shellcheck object to in `path` ([] = accepted)."""
    if not shutil.which("shellcheck"):
        raise ToolMissing("shellcheck: apt-get install shellcheck")
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    if first.startswith("#!") and not Path(first[2:].split()[0]).is_file():
        return [Problem(1, f"no interpreter {first[2:].split()[0]}")]
    parsed = _run(["bash", "--noprofile", "--norc", "-n", str(path)])
    if parsed.returncode or parsed.stderr:
        first = (parsed.stderr.splitlines() or [f"bash -n ended with status {parsed.returncode}"])[0]
        found = LINE.search(first)
        return [Problem(int(found[1]), found[2]) if found else Problem(None, first)]
    judged = _run(["shellcheck", "--shell=bash", "--norc", "--format=json", str(path)])
    if judged.returncode not in (0, 1):
        return [Problem(None, f"shellcheck ended with status {judged.returncode}: {judged.stderr.strip()}")]
    return [Problem(c["line"], f"SC{c['code']}: {c['message']}") for c in json.loads(judged.stdout)]


def _run(argv: list[str]) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", "no answer after 30 s")


FORMATS = {".sh": check_shell}
