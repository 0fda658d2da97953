"""The book and the EPUB: all that the site has, in a form that epubcheck accepts and a phone can show."""

import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree, html

from overrides.blocks.model import ROOT
from overrides.export import book, epub, package
from overrides.export.package import BadExport
from tests import epubcheck, parity
from tests.conftest import none
from tests.test_browser import AXE, RULES
from tests.transcripts import choice

pytestmark = pytest.mark.export
X = f"{{{epub.XHTML}}}"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def made(site, tmp_path_factory) -> Path:
    """The EPUB of the built site."""
    return epub.write(site, tmp_path_factory.mktemp("epub") / "guide.epub")


@pytest.fixture(scope="session")
def files(made) -> dict[str, bytes]:
    """What is in it, by name below EPUB/."""
    with zipfile.ZipFile(made) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def altered(made: Path, target: Path, name: str, old: bytes, new: bytes) -> Path:
    """A copy of the EPUB with `old` in file `name` replaced."""
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(target, "w") as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename == f"EPUB/{name}":
                assert old in content
                content = content.replace(old, new, 1)
            copy.writestr(entry, content)
    return target


def test_epubcheck_has_nothing_against_it(made, record_property):
    faults = epubcheck.faults(made)
    none(line[:300] for line in faults)
    record_property("summary", f"EPUB: {made.stat().st_size / 1e6:.2f} MB, accepted by epubcheck")


def test_epubcheck_finds_a_dead_link(small, tmp_path):
    good = epub.write(small[0], tmp_path / "good.epub", small[1])
    faults = epubcheck.faults(altered(good, tmp_path / "a.epub", "nav.xhtml", b"a-b.xhtml", b"gone.xhtml"))
    assert any("gone.xhtml" in line for line in faults), faults


def test_a_missing_epubcheck_names_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(epubcheck, "JAR", tmp_path / "none")
    with pytest.raises(epubcheck.NoChecker, match="no epubcheck; install it with: apt-get install"):
        epubcheck.faults(tmp_path / "a.epub")


def shapes(files: dict[str, bytes], site: Path) -> dict[str, parity.Shape]:
    """The shape of each page of the book, by the URL of the site's page."""
    trees = {
        chapter.url: etree.fromstring(files[epub.file_name(chapter)]).find(f"{X}body")
        for chapter in book.chapters(site)
    }  # fmt: skip
    return {url: parity.shape(tree) for url, tree in trees.items()}


def test_the_epub_has_all_that_the_site_has(files, site, record_property):
    wanted, got = parity.of_site(site), shapes(files, site)
    assert wanted.keys() == got.keys()
    differ = [line for url, there in wanted.items() for line in parity.differences(url, there, got[url])]
    none(differ)
    blocks, tables, drawn = (
        sum(len(getattr(s, kind)) for s in got.values()) for kind in ("code", "tables", "diagrams")
    )
    assert blocks > 500 and tables > 100 and drawn > 50
    record_property(
        "summary", f"EPUB like the site: {len(got)} pages, {blocks} code blocks, {tables} tables, {drawn} diagrams"
    )


PAGE = "<article><h1>One</h1><h2>Two</h2><p>w</p><pre>a\nb\n</pre><table><tr><td>1<td>2</table>{}</article>"
DRAWN = "<svg><title>T</title><desc>D</desc><text>x</text></svg>"


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("<h2>Two</h2>", "", "headings: missing 1 .h2 Two."),
        ("<h2>Two</h2>", "<h3>Two</h3>", "headings: missing 1 .h2 Two.*, too many 1 .h3 Two."),
        ("a\nb", "a b", "code: missing 1"),
        ("<td>2", "", "tables: missing 1"),
        ("<text>x</text>", "", "diagrams: missing 1"),
        ("<p>w</p>", "<p>w v</p>", "words: missing 0 .*, too many 1 .v."),
    ],
)
def test_what_a_book_lacks_is_named(old, new, kind):
    page = PAGE.format(DRAWN)
    assert old in page
    there, here = (parity.shape(html.fragment_fromstring(text)) for text in (page, page.replace(old, new)))
    assert not list(parity.differences("a/", there, there))
    assert any(re.search(f"a/: {kind}", line) for line in parity.differences("a/", there, here))


def test_two_builds_give_the_same_bytes(made, site, tmp_path):
    assert epub.write(site, tmp_path / "b.epub").read_bytes() == made.read_bytes()
    with zipfile.ZipFile(made) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_the_contents_lead_to_each_chapter_and_each_heading(files, site):
    toc = etree.fromstring(files["nav.xhtml"]).find(f".//{X}nav")
    hrefs = [a.get("href") for a in toc.iter(f"{X}a")]
    ids = {name: {e.get("id") for e in etree.fromstring(content).xpath("//*[@id]")}
           for name, content in files.items() if name.endswith(".xhtml")}  # fmt: skip
    for href in hrefs:
        name, _, section = href.partition("#")
        assert name in ids and (not section or section in ids[name]), href
    chapters = book.chapters(site)
    wanted = sum(1 + len(list(chapter.body.iter("h2"))) for chapter in chapters)
    assert len(hrefs) == wanted + len({chapter.parts for chapter in chapters} - {()})
    assert toc.xpath("count(.//*[local-name()='ol']/ancestor::*[local-name()='ol'])") > 5


def test_each_diagram_has_its_title_and_description(files):
    drawn = 0
    for name, content in files.items():
        if not name.endswith(".xhtml"):
            continue
        tree = etree.fromstring(content)
        ids = {e.get("id"): e for e in tree.xpath("//*[@id]")}
        for svg in tree.iter("{http://www.w3.org/2000/svg}svg"):
            title, text = (ids[word] for word in svg.get("aria-labelledby").split())
            assert title.text and text.text and svg.get("viewBox") and b"var(--" not in etree.tostring(svg)
            drawn += 1
    assert drawn > 50


def test_the_book_says_what_it_is(files):
    metadata = ElementTree.fromstring(files["package.opf"]).find(f"{{{epub.OPF}}}metadata")
    said = {(meta.get("property"), meta.text) for meta in metadata}
    assert {("schema:accessMode", "textual"), ("schema:accessibilityHazard", "none")} <= said
    assert {("schema:accessibilityFeature", feature) for feature in epub.FEATURES} <= said
    words = {element.tag.rpartition("}")[2]: element.text for element in metadata}
    assert words["language"] == "en" and words["title"] == "Virtualization Guide"
    assert "not endorsed by LPI" in words["rights"] and words["identifier"].startswith("urn:uuid:")


@pytest.mark.browser
def test_no_page_of_the_epub_has_a_barrier_or_is_wider_than_a_phone(browser, made, tmp_path):
    """WCAG to its highest level; landmarks, which axe calls a best practice, are the reading program's."""
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path)
    context = browser.new_context(offline=True, viewport=PHONE)
    page, faults = context.new_page(), []
    script, rules = AXE.read_text(encoding="utf-8"), [rule for rule in RULES if rule != "best-practice"]
    paths = sorted((tmp_path / "EPUB").glob("*.xhtml"), key=lambda path: (path.name != "nav.xhtml", path))
    for path in paths[:: 1 if choice.everything() else 4]:
        page.goto(path.as_uri())
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            faults.append(f"{path.name} is wider than {PHONE['width']} px")
        page.evaluate(script)
        found = page.evaluate("rules => axe.run({resultTypes: ['violations'], runOnly: rules})", rules)
        faults += [f"{path.name}: {fault['id']}: {fault['nodes'][0]['target'][-1]}" for fault in found["violations"]]
    context.close()
    none(faults)


@pytest.fixture
def small(tmp_path) -> tuple[Path, Path]:
    """A small tree and its site, both to be damaged: one page with tabs, a box, a diagram and links."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: G\nsite_description: D\nsite_url: https://g.example/\ncopyright: C\nx: !ENV [A]\n"
        "nav:\n  - Home: index.md\n  - Part:\n      - A: a/b.md\n      - Deep:\n          - C: c/index.md\n"
    )
    home = (
        '<article class="md-content__inner"><h1 id="g">G<a class="headerlink" href="#g">&para;</a></h1>'
        '<p><a href="a/b/#x">in</a> <a href="#g">here</a> <a href="other/?q#y">out</a> '
        '<a href="https://o.example/">far</a>'
        '<button>Copy</button></p><details class="example"><summary>More</summary><p>Text</p></details>'
        '<div class="tabbed-set"><input type="radio"><div class="tabbed-labels"><label>One</label><label>Two</label>'
        '</div><div class="tabbed-content"><div class="tabbed-block"><p>1</p></div>'
        '<div class="tabbed-block"><p>2</p></div>'
        '</div></div><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" aria-labelledby="t">'
        '<title id="t">T</title><rect fill="var(--diagram-x, #abc)"/></svg></article>'
    )
    for url, content in (
        ("", home),
        ("a/b/", '<article><h1 id="x">B</h1></article>'),
        ("c/", "<article><h1>C</h1></article>"),
    ):
        path = tmp_path / "site" / url / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html><body>{content}</body></html>")
    return tmp_path / "site", tmp_path


def test_a_page_becomes_a_chapter(small):
    chapters = book.chapters(*small)
    assert [(c.url, c.title, c.parts) for c in chapters] == [
        ("", "G", ()), ("a/b/", "B", ("Part",)), ("c/", "C", ("Part", "Deep")),
    ]  # fmt: skip
    text = etree.tostring(chapters[0].body, encoding="unicode")
    assert [a.get("href") for a in chapters[0].body.iter("a")] == [
        "#page-a-b--x", "#page-home--g", "https://g.example/other/?q#y", "https://o.example/",
    ]  # fmt: skip
    for gone in ("headerlink", "button", "input", "label", "details", "var("):
        assert f"<{gone}" not in text and f"{gone}(" not in text, gone
    assert text.index("One") < text.index("<p>1</p>") < text.index("Two") < text.index("<p>2</p>")
    assert 'viewBox="0 0 1 1" aria-labelledby="page-home--t"' in text and 'fill="#abc"' in text
    assert 'class="admonition example"><p class="admonition-title">More' in text


@pytest.mark.parametrize(
    ("url", "old", "new", "message"),
    [
        ("a/b", "<h1", "<h2", "a/b/index.html: no heading of level 1; give"),
        ("a/b", "article", "main", "a/b/index.html: no article in it; build"),
        ("", "<p>", '<pre class="mermaid">', "index.html: a diagram is not drawn; get Chromium with make setup-test"),
        ("", "a/b/#x", "a/b/#gone", "index: link to #page-a-b--gone, which is nowhere in the book; correct it"),
        ("", "<p>", '<p @x="1">', "index: not to be written as XHTML: .*; mend the page"),
    ],
)
def test_a_page_that_fails_is_named_and_nothing_is_written(small, tmp_path, url, old, new, message):
    site, root = small
    path = site / url / "index.html"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(BadExport, match=message):
        epub.write(site, tmp_path / "out/a.epub", root)
    assert not (tmp_path / "out").exists()


def test_a_page_that_is_not_built_is_named(small):
    (small[0] / "c/index.html").unlink()
    with pytest.raises(BadExport, match="c/index.html: no such page; build the site with make site"):
        book.chapters(*small)


def test_a_failure_is_one_line_for_a_person(capsys):
    def fail():
        raise BadExport("site: no index.html; build the site with make site")

    with pytest.raises(SystemExit, match="^site: no index.html; build the site with make site$"):
        package.make(fail)
