"""`python -m tests.validators PATH...`: the verdict on each file below the paths."""

import sys
from pathlib import Path

from overrides.blocks.model import is_invalid
from tests.validators import ToolMissing, check


def main(*paths: str) -> int:
    """Print one line per file and problem; return 1 if a verdict is not the one the name promises."""
    wrong = 0
    for start in map(Path, paths or ["snippets"]):
        files = [start] if start.is_file() else sorted(p for p in start.rglob("*") if p.is_file())
        for path in files:
            if path.suffix in (".toml", ".console"):
                continue
            try:
                problems = check(path)
            except ToolMissing as error:
                print(f"{path}: cannot judge: {error}")
                wrong += 1
                continue
            good = bool(problems) == is_invalid(path)
            wrong += not good
            print(f"{'ok   ' if good else 'WRONG'} {path}: {'refused' if problems else 'accepted'}")
            for problem in problems:
                print(f"      {path}:{problem.line or 1}: {problem.reason}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
