"""The pages as written: front matter, headings, code blocks, diagrams, coverage."""

import re
from collections.abc import Callable

from overrides.blocks import model
from tests import pages
from tests.conftest import none


def test_no_page_has_a_problem():
    found = list(pages.problems())
    none(found)


ATLAS_ROW = re.compile(
    r"^\| \[[^]]*\]\((?P<page>[^)#]+)(?:#[^)]*)?\)[^|]*\| (?P<ticks>`+) ?(?P<text>.+?) ?(?P=ticks) \|", re.M
)


def atlas_problems(text: str, shown: Callable[[str], str]) -> list[str]:
    """Rows of the error atlas whose message no session of their page has; `shown` gives a page's examples."""
    lines = [line for line in text.splitlines() if line.startswith("| [")]
    rows = list(ATLAS_ROW.finditer(text))
    odd = ["errors.md:1: a row has another shape than | [page](link) | `message` | meaning |"] * (
        len(lines) - len(rows)
    )
    return odd + [
        f"errors.md:{text[: row.start()].count(chr(10)) + 1}: {row['text']!r} is in no session that {row['page']} shows"
        "; correct it, or show the session"
        for row in rows
        if row["text"] not in shown(row["page"])
    ]


def test_each_message_of_the_error_atlas_stands_in_a_session_of_its_page():
    def shown(page: str) -> str:
        found = model.read_page((docs / "reference" / page).resolve(), docs)
        return "\n".join((model.ROOT / "snippets" / path).read_text(encoding="utf-8") for path, _ in found.includes)

    docs = model.ROOT / "docs"
    text = (docs / "reference/errors.md").read_text(encoding="utf-8")
    none(atlas_problems(text, shown))


def test_a_message_that_no_session_prints_is_named():
    text = "| [P](p.md#a) (330.3) | `No such file` | m |\n| [P](p.md) | `gone` | m |\n| [P](p.md) | none | m |\n"
    found = atlas_problems(text, lambda page: "x: No such file or directory")
    assert [line.split(": ")[0] for line in found] == ["errors.md:1", "errors.md:2"]
