"""A new case from the command line: what it makes, and what it refuses."""

import pytest

from overrides.blocks import model
from tests import new


@pytest.fixture
def tree(tmp_path):
    """A tree with one case to copy."""
    case = tmp_path / "snippets/330.5-libvirt/net-isolated"
    case.mkdir(parents=True)
    (case / "case.toml").write_text('title = "A network"\nobjectives = ["330.5"]\nruns_on = "tool"\n')
    (case / "a.net.xml").write_text("<network/>\n")
    (case / "10-start.console").write_text("root@kvm1:~# true\n")
    (case / "run.toml").write_text("date = 2026-01-01\n")
    return tmp_path


def test_a_copy_has_the_files_and_no_receipt(tree):
    folder = new.make("330.5-libvirt/net-routed", "330.5-libvirt/net-isolated", tree)
    assert sorted(p.name for p in folder.iterdir()) == ["10-start.console", "a.net.xml", "case.toml"]
    assert model.read_case(folder).spec["title"] == "Net routed"
    steps = new.next_steps(folder)
    assert "make record CASE=330.5-libvirt/net-routed" in steps
    assert '--8<-- "330.5-libvirt/net-routed/a.net.xml"' in steps


@pytest.mark.parametrize("name", ["330.2-xen/first", "330.6-cloud/first-steps"])
def test_a_case_from_nothing_can_be_read(tree, name):
    case = model.read_case(new.make(name, root=tree))
    assert len(case.sessions) == 1 and case.spec["objectives"][0] == name[:5]


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("net-routed", "", "CASE=net-routed: not a case's name; write OBJECTIVE/"),
        ("330.9-none/a", "", "not a case's name"),
        ("330.5-libvirt/../../a", "", "not a case's name"),
        ("330.5-libvirt/net-isolated", "", "is there already; choose another name"),
        ("330.5-libvirt/a", "330.5-libvirt/gone", "FROM=330.5-libvirt/gone: no such case"),
        ("330.5-libvirt/a", "../..", "no such case"),
    ],
)
def test_a_wrong_name_is_refused_and_nothing_is_written(tree, name, source, reason):
    before = sorted(tree.rglob("*"))
    with pytest.raises(SystemExit, match=reason):
        new.make(name, source, tree)
    assert sorted(tree.rglob("*")) == before
