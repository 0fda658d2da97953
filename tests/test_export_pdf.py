"""The PDF of one objective, made and judged as `make pdf` does with the whole guide."""

import logging
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader, PdfWriter

from overrides.export import book, package, pdf
from overrides.export.package import BadExport
from tests import pdfcheck
from tests.conftest import none

pytestmark = pytest.mark.export
OBJECTIVE = "330.6"  # the shortest with diagrams, tables and sessions


@pytest.fixture(scope="module")
def made(site, tmp_path_factory) -> Path:
    """The PDF of one objective."""
    return pdf.write(site, tmp_path_factory.mktemp("pdf") / "guide.pdf", OBJECTIVE)


@pytest.fixture(scope="module")
def chapters(site) -> list[book.Chapter]:
    """What should be in it."""
    return [c for c in book.chapters(site) if c.objective == OBJECTIVE]


@pytest.fixture(scope="module")
def starts(made) -> dict[str, int]:
    """The page on which each chapter begins, from 0."""
    reader = PdfReader(made)
    return {name: reader.get_destination_page_number(at) for name, at in reader.named_destinations.items()}


def test_the_pdf_is_right(made, site, record_property):
    wrong = pdfcheck.faults(made, site, OBJECTIVE)
    none(wrong)
    size = made.stat().st_size / 1e6
    record_property("summary", f"PDF of {OBJECTIVE}: {len(PdfReader(made).pages)} pages, {size:.2f} MB, PDF/UA-1")


def test_verapdf_finds_a_document_without_tags(made, tmp_path):
    bare = PdfWriter(clone_from=made)
    del bare.root_object["/MarkInfo"]
    bare.write(tmp_path / "bare.pdf")
    assert any("PDF/UA-1, 6.2" in line for line in pdfcheck.verapdf(tmp_path / "bare.pdf"))
    (tmp_path / "cut.pdf").write_bytes(made.read_bytes()[:5000])
    assert pdfcheck.verapdf(tmp_path / "cut.pdf")


def test_what_the_paper_lacks_is_named(made, chapters, starts):
    found = pdfcheck.pages(made)
    blocks = [block.text_content() for c in chapters for block in c.body.iter("pre")]
    line = next(line for block in blocks for line in block.splitlines() if len(line) > 40)
    cut = [page._replace(text=page.text.replace(pdfcheck.packed(line), pdfcheck.packed(line)[:-1])) for page in found]
    assert any(line.strip()[:40] in fault for fault in pdfcheck.whole(cut, chapters, starts))
    moved = {**starts, chapters[1].key: starts[chapters[1].key] + 1}
    assert any(chapters[1].title in fault for fault in pdfcheck.numbers(made, found, chapters, moved))
    assert any("it is not" in fault or "is not on" in fault
               for fault in pdfcheck.outline(PdfReader(made), [found[0], *found[:-1]]))  # fmt: skip
    assert any("index: " in fault for fault in pdfcheck.numbers(made, [found[0], *found[:-1]], chapters, starts))
    assert any("diagrams: not on the site" in fault for fault in pdfcheck.diagrams(PdfReader(made), chapters[:1]))


def test_two_builds_give_the_same_bytes(made, site, tmp_path):
    assert pdf.write(site, tmp_path / "again.pdf", OBJECTIVE).read_bytes() == made.read_bytes()


def test_long_lines_wrap_and_highlights_go_on():
    block = html.fragment_fromstring('<code>a <span class="s">"b\nc"</span> <span class="w"> </span>d\n\n</code>')
    lines = [html.tostring(line, encoding="unicode") for line in pdf._lines(block)]
    assert lines == [
        '<span class="line begins">a <span class="string">"b</span></span>',
        '<span class="line begins"><span class="string">c"</span>  d</span>',
        '<span class="line begins"></span>',
    ]
    long = html.fragment_fromstring(f"<code>{'x' * 200}</code>")
    assert [line.get("class") for line in pdf._lines(long)] == ["line begins wraps"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"objective": "330.9"}, "OBJECTIVE=330.9: no such objective; there are 330.1, "),
        ({"paper": "a5"}, "PAPER=a5: no such paper; there are a4, letter"),
    ],
)
def test_a_wrong_wish_is_one_line(site, tmp_path, asked, message):
    with pytest.raises(BadExport, match=message):
        pdf.write(site, tmp_path / "a.pdf", **asked)
    assert not list(tmp_path.iterdir())


def test_a_missing_font_names_its_package(monkeypatch):
    monkeypatch.setitem(pdf.FONTS, "Garamond of Nobody", "fonts-nobody")
    with pytest.raises(BadExport, match="the font Garamond of Nobody is missing; install fonts-nobody"):
        pdf.missing_fonts()


def test_what_weasyprint_only_warns_about_fails(tmp_path):
    with pytest.raises(BadExport, match="a.pdf: Ignored `colour`"), package.whole(tmp_path / "a.pdf") as part:
        part.write_bytes(b"half")
        with pdf._objections("a.pdf"):
            logging.getLogger("weasyprint").warning("Ignored `colour` at 1:1")
    assert not list(tmp_path.iterdir())


def test_missing_checkers_say_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pdfcheck.NoChecker, match="no pdftotext; install it with: apt-get install poppler-utils"):
        pdfcheck._poppler("-v")
    monkeypatch.setattr(pdfcheck, "JAVA", tmp_path)
    with pytest.raises(pdfcheck.NoChecker, match="jaxb-api.jar is missing; install it with: apt-get install libjaxb"):
        pdfcheck.verapdf(tmp_path / "a.pdf")
