"""Every example file is accepted by the software that reads it, every -invalid one is refused."""

import pytest

from overrides.blocks import model
from tests import validators
from tests.conftest import none

FILES = [(case, path) for case in model.cases() for path in case.files]


@pytest.mark.parametrize(("case", "path"), FILES, ids=[f"{c.name}/{p.name}" for c, p in FILES])
def test_the_software_that_reads_the_file_gives_the_verdict_its_name_promises(case, path):
    problems = validators.broken_promises(case, path)
    none(problems)


def test_every_format_has_a_good_and_a_bad_sample():
    good = {validators.suffix_of(p) for _, p in FILES if not model.is_invalid(p)}
    bad = {validators.suffix_of(p) for _, p in FILES if model.is_invalid(p)}
    assert good >= set(validators.formats()), f"no good sample: {set(validators.formats()) - good}"
    assert bad >= set(validators.formats()), f"no bad sample: {set(validators.formats()) - bad}"


def test_the_floor_of_examples_holds():
    """60 good and 25 refused files over all six objectives: the size the first release promised."""
    shown = [(c, p) for c, p in FILES if not p.name.startswith("_")]
    assert len([p for _, p in shown if not model.is_invalid(p)]) >= 60
    assert len([p for _, p in shown if model.is_invalid(p)]) >= 25
    assert {c.folder.parent.name for c, _ in shown} == {model.OWN} | {o.slug for o in model.objectives()}
