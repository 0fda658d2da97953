"""The pages as written: front matter, headings, code blocks, diagrams, coverage."""

from tests import pages


def test_no_page_has_a_problem():
    found = list(pages.problems())
    assert not found, "\n".join(found)
