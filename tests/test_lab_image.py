"""The images of the labs: named after what they are made from; a build that goes wrong leaves nothing."""

import os
import shutil

import pytest

from overrides.blocks import model
from tests.lab import image, labs
from tests.lab.labs import KVM, LABS
from tests.transcripts import receipt
from tests.transcripts.shell import LabError


@pytest.mark.parametrize("lab", LABS.values())
def test_the_image_is_named_after_its_recipe(lab, tmp_path, monkeypatch):
    before = image.digest(lab)
    shutil.copytree(labs.RECIPES, tmp_path / "recipe")
    monkeypatch.setattr(labs, "RECIPES", tmp_path / "recipe")
    monkeypatch.setattr(image, "RECIPES", tmp_path / "recipe")
    assert image.digest(lab) == before
    for name in (f"{lab.name}/packages.txt", *lab.borrowed):
        (tmp_path / "recipe" / name).write_text(f"{name}\n")
        before, last = image.digest(lab), before
        assert before != last


@pytest.mark.parametrize("place", LABS)
def test_a_receipt_of_another_image_is_stale(place, monkeypatch):
    case = next(c for c in model.cases() if c.spec.get("runs_on") == place and c.receipt)
    assert receipt.stale(case) == []
    monkeypatch.setattr(image, "digest", lambda _: "0" * 16)
    assert "recorded on another image" in receipt.stale(case)[0]


def test_a_build_that_fails_leaves_nothing_and_one_that_was_killed_is_cleared(tmp_path, monkeypatch):
    monkeypatch.setattr(image, "CACHE", tmp_path)
    (tmp_path / "building-1").mkdir()
    with pytest.raises(KeyboardInterrupt), image.locked(), image.building("xen-1") as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["lock"]


def fake_build(tmp_path, monkeypatch, script: str) -> None:
    """Let mmdebstrap be `script`, and the cache be empty."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "mmdebstrap").write_text(f"#!/bin/sh\n{script}\n")
    (fake / "mmdebstrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    monkeypatch.setattr(image, "CACHE", tmp_path / "cache")


@pytest.mark.parametrize("lab", LABS.values())
@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("echo 'E: Unable to locate package nosuch' >&2; exit 1", "Unable to locate package nosuch"),
        ("cat /dev/zero 2>&1 > /dev/full; exit 1", "No space left on device"),
        ("echo done", "the build left no base.qcow2, initrd, versions"),
    ],
)
def test_a_build_that_goes_wrong_says_why_and_leaves_nothing(tmp_path, monkeypatch, lab, script, word):
    fake_build(tmp_path, monkeypatch, script)
    with pytest.raises(LabError, match=word):
        image.ensure(lab)
    assert [p.name for p in (tmp_path / "cache").iterdir()] == ["lock"]


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(image, "search_path", lambda: "/nonexistent")
    with pytest.raises(LabError, match="the KVM lab needs Debian packages: apt-get install e2fsprogs mmdebstrap"):
        image.ensure(KVM)
