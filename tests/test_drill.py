"""The drill itself: some faults of the day are named, and a fault that nobody notices is reported."""

import pytest

from tests import drill
from tests.conftest import none
from tests.transcripts import choice

QUICK = ("pages", "receipts", "addresses")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree, to be damaged."""
    return drill.copy(tmp_path_factory.mktemp("tree"))


def of_today() -> list[drill.Fault]:
    """Eight faults whose check takes a second or two, others each day."""
    quick = [fault for fault in drill.faults(choice.today()) if fault.kind["check"] in QUICK]
    start = choice.today() * 8 % len(quick)
    return (quick[start:] + quick)[:8]


def test_the_faults_of_the_day_are_named_and_the_tree_is_whole_again(tree):
    faults = of_today()
    outcomes = [drill.judge(tree, fault) for fault in faults]
    none([f"{o.name}: {o.said}" for o in outcomes if not o.right])
    for fault in faults:
        assert (tree / fault.file).read_bytes() == (drill.ROOT / fault.file).read_bytes()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"old": "^# ", "new": "# The "}, "no check noticed it"),
        ({"old": r"\Z", "new": "\nTODO\n", "says": "never said"}, "red, but not named: "),
    ],
)
def test_a_fault_that_is_not_noticed_or_not_named_is_reported(tree, kind, said):
    fault = drill.Fault({"kind": "sample", "check": "pages", "says": "x", **kind}, "docs/330.3-kvm/images.md")
    outcome = drill.judge(tree, fault)
    assert not outcome.right and outcome.said.startswith(said)


def test_a_control_that_fails_is_reported(tree):
    path = tree / "docs/330.3-kvm/images.md"
    before = path.read_bytes()
    path.write_bytes(before + b"\nTODO\n")
    outcome = drill.judge(tree, *drill.controls([drill.Fault({"check": "pages"}, "docs/330.3-kvm/images.md")]))
    path.write_bytes(before)
    assert not outcome.right and outcome.said.startswith("red without a fault: ")


def test_a_hundred_faults_hold_each_kind_and_a_kind_that_fits_nowhere_is_named(monkeypatch):
    faults = drill.faults(1)
    assert len({fault.name for fault in faults}) == drill.WANTED
    assert {fault.kind["kind"] for fault in faults} == {kind["kind"] for kind in drill.KINDS}
    lost = {"kind": "lost", "files": "docs/*.md", "old": "^nowhere at all$", "new": ""}
    monkeypatch.setattr(drill, "KINDS", [lost])
    with pytest.raises(ValueError, match="tests/drill.toml: 'lost' fits no file; mend its pattern"):
        drill.faults(1)
