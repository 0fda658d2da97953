"""Faults made on purpose are noticed: a sample that changes with the date (`make mutate` makes them all)."""

import dataclasses
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests import mutation, validators
from tests.mutation import judge, sessions
from tests.transcripts import choice

DAY = choice.today()
PARTS = 4  # tests that share the sample, so that the cores share it too


@cache
def everything() -> list[mutation.Mutant]:
    """All mutants but the controls."""
    return [m for m in mutation.mutants() if m.family != "baseline"]


def judged(number: int, runs: bool) -> list[mutation.Mutant]:
    """The day's sample, of faults that need a run of the session or of the others, grouped by family."""
    found = [m for m in everything() if m.fault.startswith("run-") == runs and (not runs or sessions.quick(m.case))]
    return sorted(mutation.sample(found, number, DAY), key=lambda m: m.family)


def assert_noticed(mutants: list[mutation.Mutant], record_property) -> None:
    """Fail with every mutant that no check notices."""
    verdicts = [judge.verdict(m) for m in mutants]
    alive = [m for m, v in zip(mutants, verdicts, strict=True) if v.by == "survived" and mutation.excuse(m) is None]
    by = ", ".join(f"{n} by {what.split(' ')[0]}" for what, n in Counter(v.by for v in verdicts).most_common())
    record_property("summary", f"mutants of day {DAY} (GUIDE_DAY={DAY} repeats them): {len(mutants)} judged, {by}")
    assert not alive, f"GUIDE_DAY={DAY}: no check notices\n" + "\n".join(f"{m.name}\n{m.change}" for m in alive)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_checks_notice_the_faults_of_the_day(part, record_property):
    mutants = judged(190, runs=False)
    size = -(-len(mutants) // PARTS)
    assert_noticed(mutants[part * size : (part + 1) * size], record_property)


@pytest.mark.lab
def test_a_new_run_notices_what_was_typed_wrong(record_property):
    assert_noticed(judged(10, runs=True), record_property)


def test_every_fault_changes_its_file_and_has_a_name_of_its_own():
    same = [m.name for m in everything() if m.text == (m.case.folder / m.file).read_text(encoding="utf-8")]
    assert not same
    assert len({m.name for m in everything()}) == len(everything()) >= 2000


def test_every_format_suffers_at_least_ten_kinds_of_faults():
    kinds = {(validators.suffix_of(Path(m.file)), m.fault) for m in everything() if m.family != "refused"}
    counts = Counter(suffix for suffix, _ in kinds)
    assert {s: counts[s] for s in validators.formats() if counts[s] < 10} == {}


def undamaged() -> mutation.Mutant:
    """The control of a file that runs nowhere."""
    return next(m for m in mutation.mutants("330.2-xen/vif-forms/*") if m.family == "baseline")


@pytest.mark.parametrize(
    ("entries", "text", "reported"),
    [
        ([], "# a comment\n", ["no check notices"]),
        ([{"file": "330.2-xen/*", "fault": "added"}], "# a comment\n", []),
        (
            [{"file": "330.2-xen/*", "fault": "added", "change": "nowhere"}],
            "# a comment\n",
            ["no check", "no surviving"],
        ),
        ([{"file": "330.2-xen/*", "fault": "added"}], "nonsense\n", ["which is caught"]),
        ([{"file": "330.2-xen/*", "fault": "gone"}], "nonsense\n", ["no surviving mutant fits it"]),
    ],
)
def test_a_survivor_and_a_reason_that_no_longer_holds_are_reported(monkeypatch, entries, text, reported):
    control = undamaged()
    mutant = dataclasses.replace(control, family="settings", fault="added", text=text + control.text)
    monkeypatch.setattr(mutation, "equivalents", lambda: entries)
    lines = judge.faults_of([judge.verdict(mutant)], {mutant.name: mutant})
    assert len(lines) == len(reported)
    assert all(word in line for word, line in zip(reported, lines, strict=True)), lines


def test_a_control_that_fails_is_reported():
    control = dataclasses.replace(undamaged(), text="nonsense\n")
    (line,) = [w for w in judge.faults_of([judge.verdict(control)], {control.name: control}) if "toml" not in w]
    assert "its mutants prove nothing" in line


@pytest.mark.lab
@pytest.mark.parametrize("number", range(len(mutation.equivalents())))
def test_a_mutant_with_a_reason_still_survives(number):
    fits = next((m for m in everything() if mutation.excuse(m) == number), None)
    assert fits, f"equivalents.toml, entry {number + 1}: no mutant fits it; remove it"
    assert judge.verdict(fits).by == "survived", (
        f"equivalents.toml, entry {number + 1}: {fits.name} is noticed; remove it"
    )


def test_a_session_and_its_own_record_agree():
    """The place that answers with the record finds no fault in an undamaged session of any place."""
    by_place = {c.spec["runs_on"]: c for c in {m.case.name: m.case for m in everything()}.values() if c.sessions}
    wrong = [line for c in by_place.values() for path in c.sessions for line in sessions.replay(c, c, path.name)]
    assert not wrong
