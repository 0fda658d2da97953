"""`python -m tests.transcripts record|run CASE...`: record or run sessions, with progress.

CASE is the path below snippets/ (330.5-libvirt/net-isolated) or a prefix of it; none means all.
"""

import sys

from overrides.blocks.model import ROOT, BadData, cases
from tests.transcripts import runner
from tests.transcripts.session import BadSession


def main(verb: str, *wanted: str) -> int:
    """Run or record; return the exit status."""
    wanted = tuple(w.removeprefix("snippets/").rstrip("/") for w in wanted)
    chosen = [
        c
        for c in cases(ROOT)
        if c.sessions and c.spec.get("runs_on") == "tool" and (not wanted or c.name.startswith(wanted))
    ]
    if not chosen:
        print(f"no case with tool sessions is called {' '.join(wanted)}; see snippets/")
        return 1
    failed = 0
    for number, case in enumerate(chosen, 1):
        outcome = runner.record(case) if verb == "record" else runner.run(case)
        state = "FAILED" if outcome.problems else "ok"
        print(
            f"[{number}/{len(chosen)}] {case.name}: {outcome.commands} commands, {outcome.seconds:.1f} s, {state}",
            flush=True,
        )
        for problem in outcome.problems:
            print(problem)
        failed += bool(outcome.problems)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("record", "run"):
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (BadData, BadSession) as error:
        sys.exit(str(error))
