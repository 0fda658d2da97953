"""`python -m tests.transcripts record|run CASE...`: record or run sessions, with progress.

CASE is the path below snippets/ of a case (330.5-libvirt/net-isolated) or of an objective; none means all.
KEEP=1 stops a run that went wrong with a shell in its place.
"""

import os
import signal
import sys

from overrides.blocks.model import ROOT, BadData, cases
from tests.transcripts import runner
from tests.transcripts.place import KNOWN
from tests.transcripts.session import BadSession


def main(verb: str, *wanted: str) -> int:
    """Run or record; return the exit status."""
    wanted = tuple(w.removeprefix("snippets/").rstrip("/") for w in wanted)
    chosen = [
        c
        for c in cases(ROOT)
        if c.sessions and c.spec["runs_on"] in KNOWN and (not wanted or {c.name, c.folder.parent.name} & set(wanted))
    ]
    if not chosen:
        print(f"no case with sessions to run is called {' '.join(wanted)}; see snippets/")
        return 1
    failed = 0
    keep = os.environ.get("KEEP", "0") not in ("", "0") and sys.stdin.isatty()
    for number, case in enumerate(chosen, 1):
        outcome = runner.record(case) if verb == "record" else runner.run(case, keep)
        state = "FAILED" if outcome.problems else "ok"
        print(
            f"[{number}/{len(chosen)}] {case.name}: {outcome.commands} commands, {outcome.seconds:.1f} s, {state}",
            flush=True,
        )
        for problem in outcome.problems:
            print(problem)
        failed += bool(outcome.problems)
    return 1 if failed else 0


def _stop(signum, _frame) -> None:
    """A polite end: the places close on the way out."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us with it ignored
    if len(sys.argv) < 2 or sys.argv[1] not in ("record", "run"):
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (BadData, BadSession) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("interrupted; nothing was written")
