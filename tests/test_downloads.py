"""The guide as files: what the page offers is what `make dist` makes, and links are there where the files are."""

import re
import subprocess

import markdown
import pytest

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT, BadData
from tests import pages

OFFERED = safe_yaml.load(ROOT / "docs/_data/downloads.yml")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def shown() -> str:
    """The block of the page, as HTML."""
    return markdown.markdown("/// downloads\n///", extensions=["overrides.blocks.facts"])


def test_make_dist_makes_what_the_page_offers():
    parts = re.search(r"^dist: ([a-z ]+)", MAKEFILE, re.M)[1].split()
    assert {entry["make"].split()[0] for entry in OFFERED} == set(parts)
    said = subprocess.run(["make", "--dry-run", "dist"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for entry in OFFERED:
        assert f" dist/{entry['file']}\n" in said, f"make dist does not write {entry['file']}"


def test_without_a_publisher_nothing_is_linked(monkeypatch):
    monkeypatch.delenv("DOWNLOADS", raising=False)
    assert "href" not in shown() and shown().count("<tr>") == 1 + len(OFFERED)


def test_a_publisher_says_where_the_files_lie(monkeypatch):
    monkeypatch.setenv("DOWNLOADS", "https://g.example/download/")
    links = re.findall(r'href="([^"]+)"', shown())
    assert links == [f"https://g.example/download/{entry['file']}" for entry in OFFERED]


@pytest.mark.parametrize("wrong", ["download/", "http://g.example/", "https://g.example/download"])
def test_a_place_that_is_no_https_folder_is_named(monkeypatch, wrong):
    monkeypatch.setenv("DOWNLOADS", wrong)
    said = f"DOWNLOADS is '{wrong}'; set it to an https address"
    with pytest.raises(BadData, match=said):
        shown()
    assert any(said in problem for problem in pages.problems())  # before the site is built
