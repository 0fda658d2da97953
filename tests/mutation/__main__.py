"""`python -m tests.mutation [PATTERN]`: make every mutant (or those whose name fits), report the share caught.

Verdicts are kept in .cache/mutation.jsonl as they come: after Ctrl-C the next run goes on from there.
"""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import sys
import time
from collections import Counter

from overrides.blocks.model import ROOT
from tests import mutation
from tests.mutation import judge

KEPT = ROOT / ".cache/mutation.jsonl"


def main(only: str = "*") -> int:
    """Judge all mutants; return 1 if one survives without a reason."""
    started = time.monotonic()
    mutants = {m.name: m for m in mutation.mutants(only)}
    keys = {judge.digest(m): m for m in mutants.values()}
    KEPT.parent.mkdir(exist_ok=True)
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    known = {e["key"]: judge.Verdict(**e["verdict"]) for e in map(json.loads, lines) if e["key"] in keys}
    todo = [(key, m) for key, m in keys.items() if key not in known]
    print(f"{len(mutants)} mutants, {len(known)} judged before", flush=True)
    with KEPT.open("a", encoding="utf-8") as kept, multiprocessing.Pool() as pool:
        for number, (key, found) in enumerate(pool.imap_unordered(_judge, todo, chunksize=4), len(known) + 1):
            known[key] = found
            kept.write(json.dumps({"key": key, "verdict": dataclasses.asdict(found)}) + "\n")
            kept.flush()
            if found.by == "survived" and found.family != "baseline" and mutation.excuse(mutants[found.name]) is None:
                print(f"[{number}/{len(mutants)}] survives: {found.name}", flush=True)
            elif number % 100 == 0:
                print(f"[{number}/{len(mutants)}] {time.monotonic() - started:.0f} s", flush=True)
    seconds = time.monotonic() - started
    print(report(list(known.values()), mutants))
    print(f"{len(todo)} judged in {seconds:.0f} s, {len(todo) / seconds:.1f} mutants/s")
    wrong = [w for w in judge.faults_of(list(known.values()), mutants) if only == "*" or "equivalents.toml" not in w]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


def _judge(job: tuple[str, mutation.Mutant]) -> tuple[str, judge.Verdict]:
    return job[0], judge.verdict(job[1])


def report(verdicts: list[judge.Verdict], mutants: dict[str, mutation.Mutant]) -> str:
    """A table by family: how many were made, who caught them, what is left."""
    columns = ("made", *judge.CAUGHT, "unrun", "masked", "equivalent", "gap", "survive", "sealed")
    rows = []
    families = sorted({v.family for v in verdicts} - {"baseline"})
    for family in [*families, "all"]:
        found = [v for v in verdicts if v.family != "baseline" and family in (v.family, "all")]
        counts = Counter(v.by for v in found if v.by != "survived")
        alive = [v for v in found if v.by == "survived"]
        entries = [mutation.equivalents()[n] for v in alive if (n := mutation.excuse(mutants[v.name])) is not None]
        gaps = sum(entry.get("gap", False) for entry in entries)
        counts |= {
            "made": len(found),
            "gap": gaps,
            "equivalent": len(entries) - gaps,
            "survive": len(alive) - len(entries),
        }
        counts |= {"masked": sum(v.by.startswith("mask ") for v in found), "sealed": sum(v.sealed for v in found)}
        caught = sum(counts[by] for by in judge.CAUGHT)
        share = 100 * caught / max(1, caught + counts["survive"] + counts["gap"])
        rows.append(f"{family:<14}" + "".join(f"{counts[c]:>11}" for c in columns) + f"{share:>9.2f} %")
    return "\n".join([f"{'':<14}" + "".join(f"{c:>11}" for c in columns) + f"{'caught':>11}", *rows])


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:2]))
    except KeyboardInterrupt:
        sys.exit("interrupted; the next run goes on from here")
