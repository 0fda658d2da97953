"""The summary of a pull request: real change shows, what a mask covers does not."""

import subprocess

import pytest

from tests import summary

CASE = "snippets/330.5-libvirt/net-isolated"
UUIDS = ("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "11111111-2222-4333-8444-555555555555")


def commit(root):
    """Commit everything below `root`."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["add", "-A"], [*who, "commit", "-q", "-m", "a"]):
        subprocess.run(["git", "-C", root, *words], check=True)


def put(root, path, text):
    """Write a file below `root`."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture
def tree(tmp_path):
    """A repository with a page and a case on branch `base`, checked out on another branch."""
    subprocess.run(["git", "init", "-q", "-b", "base", tmp_path], check=True)
    put(tmp_path, "docs/330.5-libvirt/net.md", "---\ntitle: Networks | all\n---\n" + "Text.\n" * 20)
    put(tmp_path, f"{CASE}/case.toml", 'masks = ["uuid"]\n')
    put(tmp_path, f"{CASE}/run.toml", '[versions]\nlibvirt = "9.0"\nqemu = "7.2"\n')
    put(tmp_path, f"{CASE}/10-a.console", f"root@kvm1:~# virsh net-uuid a\n{UUIDS[0]}\n")
    commit(tmp_path)
    subprocess.run(["git", "-C", tmp_path, "checkout", "-q", "-b", "change"], check=True)
    return tmp_path


def test_nothing_changed_gives_counts_only(tree):
    text = summary.summary("base", tree)
    assert "Files that differ: 0." in text and "| commands | 1 | 1 | +0 |" in text
    assert "## Pages" not in text and "## Sessions" not in text and "## Versions" not in text


def test_a_value_under_a_mask_is_no_change_and_any_other_is(tree):
    put(tree, f"{CASE}/10-a.console", f"root@kvm1:~# virsh net-uuid a\n{UUIDS[1]}\n")
    text = summary.summary("base", tree)
    assert "Only values that a mask covers changed." in text and UUIDS[1] not in text
    put(tree, f"{CASE}/10-a.console", f"root@kvm1:~# virsh net-uuid a\n{UUIDS[1]}\n```\nroot@kvm1:~# true\n")
    text = summary.summary("base", tree)
    assert "\n+```\n" in text and "\n````diff\n" in text, "backticks of a session must not end the block"
    assert "| commands | 1 | 2 | +1 |" in text and UUIDS[1] not in text


def test_pages_are_named_before_and_after(tree):
    (tree / "docs/330.5-libvirt/net.md").rename(tree / "docs/330.5-libvirt/networks.md")
    put(tree, "docs/index.md", "---\ntitle: Start\n---\nText\n")
    commit(tree)
    text = summary.summary("base", tree)
    old, new = "`/330.5-libvirt/net/`", "`/330.5-libvirt/networks/`"
    assert rf"| moved | Networks \| all {old} | Networks \| all {new} |" in text
    assert "| added |  | Start `/` |" in text


def test_only_versions_that_changed_are_listed(tree):
    put(tree, f"{CASE}/run.toml", '[versions]\nlibvirt = "10.0"\nqemu = "7.2"\n')
    text = summary.summary("base", tree)
    assert "| libvirt | 9.0 | 10.0 |" in text and "| qemu |" not in text


def test_a_base_that_is_not_there_says_what_to_do(tree):
    with pytest.raises(summary.BadBase, match="make summary BASE=main"):
        summary.summary("gone", tree)


def test_a_broken_receipt_is_named(tree):
    put(tree, f"{CASE}/run.toml", "versions = [\n")
    with pytest.raises(summary.BadBase, match=r"run\.toml.*correct it"):
        summary.summary("base", tree)
