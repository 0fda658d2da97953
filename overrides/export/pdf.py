"""The guide, or one objective of it, as a PDF to print and to read without a network, tagged for PDF/UA-1.

Own code is the frame: cover, contents, running heads, index of commands, lines of code that wrap with a mark.
WeasyPrint sets the pages. Chromium could print from the site as well, but its files are several times as large, and it
knows no page numbers in contents.
"""

from __future__ import annotations

import argparse
import base64
import copy
import gc
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import yaml
from lxml import etree, html
from lxml.html.builder import E

from overrides.blocks.model import ROOT
from overrides.export import book, package
from overrides.export.book import Chapter
from overrides.export.epub import Facts
from overrides.export.package import BadExport

STYLE = Path(__file__).with_suffix(".css")
FONTS = {"Inter": "fonts-inter", "DejaVu Sans": "fonts-dejavu-core", "DejaVu Sans Mono": "fonts-dejavu-core"}
PAPERS = {"a4": "A4", "letter": "letter"}
DRAWN = 0.52  # points of paper for a unit of a diagram, whose text is 16 units high
WIDE, HIGH = 470, 640  # points that a diagram may take at most
UNBROKEN = 14  # code blocks of up to so many lines stay on one page
FITS = 96  # characters of code that stand on one line of either paper
ROW = 108  # characters of a table's text that stand side by side
PADDING = 4  # characters that would stand in the padding of a cell
LONG_WORD = 26  # characters; a longer word of code may break
BREAK = re.compile(r"\s+|(?<=/)")
KEPT = 3  # lines of a longer block that stay together at its beginning and its end
# The colours of highlights (Pygments' short names of tokens) that the style sheet knows; all other text is plain.
COLOURS = {
    name: colour
    for colour, names in {
        "prompt": "gp", "keyword": "nt k kn kr kp kc kt nb", "name": "na nv nn", "number": "m mi",
        "string": "s s1 s2 se si l-Scalar-Plain", "comment": "c c1 cm ch",
    }.items()
    for name in names.split()
}  # fmt: skip
PROMPT = re.compile(r"^\w+@[\w-]+:[^ ]*[#$] (?:sudo )?")


def build(site: Path, objective: str = "", paper: str = "a4", root: Path = ROOT) -> etree._Element:
    """The whole book as one HTML document. Raise `BadExport` where a page or a setting is wrong."""
    chapters = book.chapters(site, root)
    known = sorted({c.objective for c in chapters} - {""})
    if objective and objective not in known:
        raise BadExport(f"OBJECTIVE={objective}: no such objective; there are {', '.join(known)}")
    if objective:
        chapters = [c for c in chapters if c.objective == objective]
    facts = Facts(root)
    ids = {node.get("id") for c in chapters for node in c.body.xpath("descendant-or-self::*[@id]")}
    for chapter in chapters:
        _links(chapter, ids)
        _tables(chapter)
        _drawings(chapter)
        _code(chapter)
    for part, members in groupby(chapters, lambda c: c.parts[:1]):
        for number, chapter in enumerate(members):
            _place(chapter, " ".join(part) or facts.title, opens=number == 0)
    commands = list(_commands(chapters, root))
    return E.html(
        E.head(E.meta(charset="utf-8"), E.title(_title(facts, chapters, objective)), *_about(facts), *_looks(paper)),
        E.body(
            _cover(facts, chapters, objective),
            E.nav({"class": "contents"}, E.h1({"class": "plain"}, "Contents"), _contents(chapters, bool(commands))),
            E.main(*[c.body for c in chapters]),
            *([_index(commands)] if commands else []),
        ),
        lang="en",
    )


def write(site: Path, target: Path, objective: str = "", paper: str = "a4", root: Path = ROOT) -> Path:
    """Set the pages and write them to `target`."""
    missing_fonts()
    weasyprint = weasy()
    text = build(site, objective, paper, root)
    printed = html.tostring(text, encoding="unicode", doctype="<!DOCTYPE html>")
    closed = weasyprint.URLFetcher(allowed_protocols=["data"])  # a book takes nothing from elsewhere
    _remember_pages()
    with package.whole(target) as part, _objections(target.name):
        weasyprint.HTML(string=printed, url_fetcher=closed).write_pdf(
            part, pdf_identifier=b"virtualization-guide", pdf_variant="pdf/ua-1"
        )
    return target


def _remember_pages() -> None:
    """Let pydyf 0.13 list the pages once, not again for each of a hundred thousand tags: a third of the time."""
    import pydyf

    list_all = vars(pydyf.PDF)["page_references"].fget
    if list_all.__module__ != "pydyf":
        return

    def remembered(document) -> tuple[bytes, ...]:
        number = len(document.pages["Kids"])
        if getattr(document, "listed", (0, ()))[0] != number:
            document.listed = number, list_all(document)
        return document.listed[1]

    pydyf.PDF.page_references = property(remembered)


@contextmanager
def _objections(name: str) -> Iterator[None]:
    """What WeasyPrint only warns about (a style it doesn't know, an image it can't read) fails the export."""
    said: list[str] = []
    log = logging.getLogger("weasyprint")
    log.addFilter(keep := lambda record: bool(said.append(record.getMessage()[:200])))
    try:
        yield
    finally:
        log.removeFilter(keep)
    if said:
        raise BadExport("\n".join(f"{name}: {line}" for line in dict.fromkeys(said)))


def weasy():
    """WeasyPrint, or a line that says what it lacks."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise BadExport(f"WeasyPrint doesn't start ({error}); install it and Pango with make setup-test") from None
    return weasyprint


def missing_fonts() -> None:
    """Raise `BadExport` for a font of the style sheet that this machine lacks: another one would not fit."""
    if not shutil.which("fc-list"):
        raise BadExport("fc-list is missing; install fontconfig")
    listed = subprocess.run(["fc-list", "--format=%{family}\n"], capture_output=True, text=True, check=True).stdout
    families = {name for line in listed.splitlines() for name in line.split(",")}
    for font, debian in FONTS.items():
        if font not in families:
            raise BadExport(f"the font {font} is missing; install {debian}")


def _title(facts: Facts, chapters: list[Chapter], objective: str) -> str:
    return f"{facts.title}: {chapters[0].parts[0]}" if objective else facts.title


def _about(facts: Facts) -> list[etree._Element]:
    said = {
        "description": facts.about,
        "author": f"The authors of the {facts.title}",
        "dcterms.created": facts.modified,
        "dcterms.modified": facts.modified,
    }
    return [E.meta(name=name, content=content) for name, content in said.items()]


def _looks(paper: str) -> list[etree._Element]:
    if paper not in PAPERS:
        raise BadExport(f"PAPER={paper}: no such paper; there are {', '.join(PAPERS)}")
    return [E.style(f"@page {{ size: {PAPERS[paper]} }}"), E.style(STYLE.read_text(encoding="utf-8"))]


def _cover(facts: Facts, chapters: list[Chapter], objective: str) -> etree._Element:
    return E.section(
        {"class": "cover", "id": "cover"},
        E.p({"class": "cover-title"}, facts.title),
        E.p({"class": "cover-part"}, chapters[0].parts[0] if objective else "Xen, KVM, libvirt, containers, clouds"),
        E.p("Every example in it has run."),
        E.p({"class": "cover-facts"}, f"Version {facts.version}, {facts.date}", E.br(), facts.rights),
    )


def _contents(chapters: list[Chapter], index: bool) -> etree._Element:
    """The parts and their pages, each with the number of its page."""
    outer = E.ol()
    for _, members in groupby(chapters, lambda c: c.parts[:1]):
        opener, *others = members
        outer.append(E.li(_entry(opener), *([E.ol(*[E.li(_entry(c)) for c in others])] if others else [])))
    if index:
        outer.append(E.li(E.a("Index of commands", href="#index")))
    return outer


def _entry(chapter: Chapter) -> etree._Element:
    return E.a(chapter.title, href=f"#{chapter.key}")


def _place(chapter: Chapter, part: str, opens: bool) -> None:
    """Mark the beginning of a part; headings of all other pages of a part step down by one level."""
    chapter.body.set("class", "opens" if opens else "goes-on")
    chapter.body.set("data-part", part)
    if not opens:
        for heading in chapter.body.iter("h1", "h2", "h3", "h4", "h5"):
            heading.tag = f"h{int(heading.tag[1]) + 1}"


def _links(chapter: Chapter, ids: set[str]) -> None:
    """A link out of the book shows its address; one to a page that is not in this book becomes plain text."""
    for link in list(chapter.body.iter("a")):
        target = link.get("href", "")
        link.attrib.pop("title", None)
        if target.startswith("#") and target[1:] not in ids:
            link.tag = "span"
            link.attrib.clear()
        elif "://" in target:
            link.set("class", "outside" if target != link.text_content().strip() else "shown")
        if [child.tag for child in link] == ["code"] and not (link.text or link[0].tail):  # else: two links on paper
            link.tag, link[0].tag = "code", link.tag
            link[0].attrib.update(link.attrib)
            link.attrib.clear()


def _tables(chapter: Chapter) -> None:
    """Say of each head of a table whether it is one of a column or of a row."""
    for table in chapter.body.iter("table"):
        for head in table.xpath("thead/tr/*[self::th or position() > 1]"):  # an empty head is a td on the site
            head.tag = "th"
            head.set("scope", "col")
        if table.find("thead/tr")[0].tag == "td":  # an empty corner: the first column holds the heads of the rows
            for cell in table.xpath("tbody/tr/td[1]"):
                cell.tag = "th"
                cell.set("scope", "row")
        table.insert(0, E.colgroup(*[E.col(style=f"width: {share:.2%}") for share in _shares(table)]))


def _shares(table: etree._Element) -> list[float]:
    """The part of the line for each column: its longest word has room, the rest goes by its longest text.

    WeasyPrint can find the widths, but sets each cell three times for it: a quarter of the time of the whole book.
    """
    columns = [[cell.text_content() for cell in column] for column in zip(*table.iter("tr"), strict=False)]
    least = [max(len(word) for text in column for word in BREAK.split(text)) for column in columns]
    least = [min(number, LONG_WORD) + PADDING for number in least]
    most = [max(min(len(text), ROW // 2) for text in column) + PADDING for column in columns]
    spare = max(ROW - sum(least), 0) / max(sum(most) - sum(least), 1)
    wide = [low + spare * max(high - low, 0) for low, high in zip(least, most, strict=True)]
    return [width / sum(wide) for width in wide]


def _drawings(chapter: Chapter) -> None:
    """Each diagram as an image of its own, still lines and letters, with its texts as the alternative."""
    for drawing in list(chapter.body.iter("{http://www.w3.org/2000/svg}svg")):
        title, text = (drawing.findtext(f"{{*}}{name}", "").strip() for name in ("title", "desc"))
        wide, high = (float(n) for n in drawing.get("viewBox").split()[2:])
        scale = min(DRAWN, WIDE / wide, HIGH / high)
        picture = copy.deepcopy(drawing)
        picture.tail = None
        picture.set("font-family", "DejaVu Sans")
        data = base64.b64encode(etree.tostring(picture)).decode()
        image = E.img(src=f"data:image/svg+xml;base64,{data}", alt=f"{title}. {text}")
        image.set("style", f"width: {wide * scale:.1f}pt; height: {high * scale:.1f}pt")
        image.tail = drawing.tail
        drawing.getparent().replace(drawing, image)


def _code(chapter: Chapter) -> None:
    """Each line of a code block as an element, so that a line too long for the paper goes on below with a mark."""
    for word in list(chapter.body.find_class("word")):
        word.drop_tag()
    for block in chapter.body.findall(".//pre/code"):
        lines = list(_lines(block))
        for child in list(block):
            block.remove(child)
        block.text = None
        block.extend(lines)
        block.getparent().set("class", "short" if len(lines) <= UNBROKEN else "long")


def _lines(block: etree._Element) -> Iterator[etree._Element]:
    """The lines of highlighted code; a highlight that goes over several lines is opened again in each."""
    rows: list[list[tuple[str, str]]] = [[]]
    for text, style in _pieces(block):
        for number, part in enumerate(text.split("\n")):
            if number:
                rows.append([])
            if part:
                rows[-1].append((part, style))
    if not rows[-1]:
        rows.pop()
    for number, row in enumerate(rows):
        looks = ["line"]
        if number < KEPT or number >= len(rows) - KEPT:
            looks.append("begins" if number < KEPT else "ends")
        if sum(len(part) for part, _ in row) > FITS:
            looks.append("wraps")
        line = E.span({"class": " ".join(looks)})
        for style, parts in groupby(row, lambda piece: piece[1]):
            text = "".join(part for part, _ in parts)
            if style:
                line.append(E.span(text, {"class": style}))
            elif len(line):
                line[-1].tail = text
            else:
                line.text = text
        yield line


def _pieces(element: etree._Element, style: str = "") -> Iterator[tuple[str, str]]:
    """The text of `element` in order, each piece with the coloured highlight around it."""
    yield element.text or "", style
    for child in element:
        name = child.get("class", "")
        yield from _pieces(child, COLOURS.get(name, style))
        yield child.tail or "", style


def _commands(chapters: list[Chapter], root: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command of the tables that a session types, and the ids of its first line in each chapter."""
    known = set()
    for path in (root / "docs/_data/commands").glob("*.yml"):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in (e for group in table["groups"] for e in group["commands"]):
            words = re.sub(r"['\"(].*", "", entry["example"]).split()
            name = entry["command"].split()
            at = next((n for n in range(len(words)) if words[n : n + len(name)] == name), None)
            if at is not None and at <= 1:
                known.add(tuple(words[: at + len(name)]))
    found: dict[tuple[str, ...], list[str]] = {}
    for chapter in chapters:
        typed: set[tuple[str, ...]] = set()
        for number, line in enumerate(chapter.body.find_class("line")):
            text = line.text_content()
            if not (prompt := PROMPT.match(text)):
                continue
            words = text[prompt.end() :].split()
            name = next((tuple(words[:n]) for n in (3, 2, 1) if tuple(words[:n]) in known), None)
            if name and name not in typed:
                typed.add(name)
                line.set("id", f"{chapter.key}--line-{number}")
                found.setdefault(name, []).append(line.get("id"))
    for name in sorted(found, key=lambda name: [word.lower() for word in name]):
        yield " ".join(name), found[name]


def _index(entries: list[tuple[str, list[str]]]) -> etree._Element:
    rows = [
        E.p(E.code(name), " ", *[E.a({"href": f"#{place}", "class": "page-of"}) for place in places])
        for name, places in entries
    ]
    return E.section(
        {"class": "index", "id": "index"},
        E.h1({"class": "plain"}, "Index of commands"),
        E.p({"class": "index-about"}, "Where each command is typed in a recorded session."),
        E.div({"class": "index-columns"}, *rows),
    )


def main() -> None:
    """Write dist/virtualization-guide[-OBJECTIVE]-PAPER.pdf, or say in one line why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--objective", default="")
    parser.add_argument("--paper", default="a4")
    asked = parser.parse_args()
    gc.disable()  # millions of boxes that all live to the end: looking for dead ones costs a fifth of the time
    steps = logging.getLogger("weasyprint.progress")
    steps.addHandler(logging.StreamHandler())
    steps.addFilter(lambda record: "Page" not in record.getMessage() or record.getMessage().endswith(("50", "00")))
    steps.setLevel(logging.INFO)
    package.make(lambda: write(asked.site, asked.target, asked.objective, asked.paper))


if __name__ == "__main__":
    main()
