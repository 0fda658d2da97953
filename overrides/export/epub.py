"""The guide as an EPUB 3: one XHTML file for each page of the site, nested contents, diagrams as SVG with their texts.

Own code, not pandoc: pandoc 2.17 turns each diagram into an image without its title and description, loses its viewBox
and the scope of a table's head, all of which the site has.
"""

from __future__ import annotations

import sys
import time
import tomllib
import uuid
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from overrides.blocks.model import ROOT
from overrides.export import book, package
from overrides.export.book import Chapter
from overrides.export.package import BadExport

XHTML, OPS, OPF, DC = (
    "http://www.w3.org/1999/xhtml", "http://www.idpf.org/2007/ops", "http://www.idpf.org/2007/opf",
    "http://purl.org/dc/elements/1.1/",
)  # fmt: skip
TYPE = f"{{{OPS}}}type"
H = ElementMaker(namespace=XHTML, nsmap={None: XHTML, "epub": OPS})
O = ElementMaker(namespace=OPF, nsmap={None: OPF, "dc": DC})  # noqa: E741 -- as short as H
D = ElementMaker(namespace=DC, nsmap={"dc": DC})
CONTAINER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    b'<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    b"</container>\n"
)
COVER = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 2400" width="1600" height="2400" role="img">
<title>{title}</title>
<rect width="1600" height="2400" fill="#283593"/>
<g transform="translate(200 300) scale(24)"><rect x="0" y="0" width="28" height="24" rx="3" fill="#e8eaf6"/>
<rect x="3" y="4" width="10" height="7" rx="1" fill="#303f9f"/>
<rect x="15" y="4" width="10" height="7" rx="1" fill="#303f9f"/>
<rect x="3" y="14" width="22" height="6" rx="1" fill="#7986cb"/></g>
<g fill="#fff" font-family="DejaVu Sans, Verdana, sans-serif">
<text x="200" y="1200" font-size="150" font-weight="bold">Virtualization</text>
<text x="200" y="1390" font-size="150" font-weight="bold">Guide</text>
<text x="200" y="1560" font-size="62">Xen, KVM, libvirt, containers, clouds</text>
<text x="200" y="1650" font-size="62">Every example has run.</text>
<text x="200" y="2080" font-size="50">Version {version}, {date}</text>
<text x="200" y="2160" font-size="50">Unofficial, not endorsed by LPI</text>
</g></svg>
"""
FEATURES = (
    "alternativeText", "displayTransformability", "longDescription", "readingOrder", "structuralNavigation",
    "tableOfContents",
)  # fmt: skip
SUMMARY = (
    "Text flows and can be resized. Each diagram is a drawing with a title and a description. Examples are text, never "
    "pictures. Headings, lists and the heads of tables are marked. Colour alone carries no meaning."
)


class Facts:
    """What the book says about itself: the site's settings, the project's version, the day of SOURCE_DATE_EPOCH."""

    def __init__(self, root: Path = ROOT):
        settings = book.config(root)
        self.title, self.about = settings["site_name"], settings["site_description"]
        self.address, self.rights = settings["site_url"], " ".join(settings["copyright"].split())
        self.version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        self.modified = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(package.epoch()))
        self.date = self.modified[:10]


def file_name(chapter: Chapter) -> str:
    """The chapter's file in the book, like 330.2-xen-xl.xhtml."""
    return chapter.key.removeprefix("page-") + ".xhtml"


def document(title: str, *content: etree._Element) -> bytes:
    """An XHTML file with the book's style sheet."""
    style = H.link(rel="stylesheet", type="text/css", href="epub.css")
    page = H.html(H.head(H.title(title), style), H.body(*content), lang="en")
    page.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return etree.tostring(page, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE html>") + b"\n"


def chapter_file(chapter: Chapter, homes: dict[str, str]) -> bytes:
    """The chapter as XHTML; `homes` tells for each id in the book which file has it."""
    try:
        # Printed and read again, the elements are XHTML's own, and the drawings stay SVG's.
        printed = etree.tostring(chapter.body, method="xml", encoding="unicode", with_tail=False)
        body = etree.fromstring(f'<section xmlns="{XHTML}" xmlns:epub="{OPS}">{printed}</section>')
    except etree.XMLSyntaxError as error:
        raise BadExport(f"{chapter.url or 'index'}: not to be written as XHTML: {error}; mend the page") from None
    body.attrib.update({TYPE: "chapter", "role": "doc-chapter"})
    for link in body.iter(f"{{{XHTML}}}a"):
        target = link.get("href", "")
        if target.startswith("#"):
            if target[1:] not in homes:
                raise BadExport(f"{chapter.url or 'index'}: link to {target}, which is nowhere in the book; correct it")
            link.set("href", homes[target[1:]] + target)
    for table in body.findall(f".//{{{XHTML}}}table"):  # one wider than the screen scrolls, by the keyboard as well
        box = H.div({"class": "table", "tabindex": "0"})
        table.getparent().replace(table, box)
        box.append(table)
        box.tail, table.tail = table.tail, None
    return document(chapter.title, body)


def contents(chapters: list[Chapter]) -> etree._Element:
    """The nested contents: sections of the navigation, their chapters, the headings in each."""
    top = H.ol()
    lists: dict[tuple[str, ...], etree._Element] = {(): top}
    for chapter in chapters:
        for depth in range(1, len(chapter.parts) + 1):
            parts = chapter.parts[:depth]
            if parts not in lists:
                lists[parts] = H.ol()
                lists[parts[:-1]].append(H.li(H.a(parts[-1], href=file_name(chapter)), lists[parts]))
        entry = H.li(H.a(chapter.title, href=file_name(chapter)))
        headings = [
            H.li(H.a(" ".join(heading.text_content().split()), href=f"{file_name(chapter)}#{heading.get('id')}"))
            for heading in chapter.body.iter("h2")
        ]
        if headings:
            entry.append(H.ol(*headings))
        lists[chapter.parts].append(entry)
    return top


def navigation(chapters: list[Chapter]) -> bytes:
    """nav.xhtml: the contents, and where cover, contents and text begin."""
    marks = [("cover", "cover.xhtml", "Cover"), ("toc", "nav.xhtml", "Contents"),
             ("bodymatter", file_name(chapters[0]), "Start of the text")]  # fmt: skip
    landmarks = [H.li(H.a(name, {TYPE: kind, "href": href})) for kind, href, name in marks]
    return document(
        "Contents",
        H.nav({TYPE: "toc", "role": "doc-toc", "id": "toc"}, H.h1("Contents"), contents(chapters)),
        H.nav({TYPE: "landmarks", "hidden": "hidden"}, H.h2("Landmarks"), H.ol(*landmarks)),
    )


def title_page(facts: Facts) -> bytes:
    """What this copy is, and where the guide lives."""
    return document(
        facts.title,
        H.section(
            {TYPE: "titlepage"},
            H.h1(facts.title),
            H.p(facts.about),
            H.p(
                f"Version {facts.version}, {facts.date}. The guide on the web: ", H.a(facts.address, href=facts.address)
            ),
            H.p(facts.rights),
        ),
    )


def opf(facts: Facts, files: dict[str, bytes], spine: list[str]) -> bytes:
    """package.opf: what the book is, its files, their order."""
    identifier = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, facts.address)}"
    said = [("dcterms:modified", facts.modified), ("schema:accessMode", "textual"), ("schema:accessMode", "visual")]
    said += [("schema:accessModeSufficient", modes) for modes in ("textual", "textual,visual")]
    said += [("schema:accessibilityFeature", feature) for feature in FEATURES]
    said += [("schema:accessibilityHazard", "none"), ("schema:accessibilitySummary", SUMMARY)]
    metadata = O.metadata(
        D.identifier(identifier, id="id"), D.title(facts.title), D.language("en"), D.date(facts.date),
        D.creator("The contributors of the Virtualization Guide"), D.description(facts.about), D.rights(facts.rights),
        D.subject("Virtualization"), D.source(facts.address),
        *[O.meta(value, property=name) for name, value in said],
        O.meta(name="cover", content="i-cover.svg"),
    )  # fmt: skip
    kinds = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".svg": "image/svg+xml"}
    marks = {"nav.xhtml": "nav", "cover.svg": "cover-image"}
    items = []
    for name, content in sorted(files.items()):
        item = O.item({"id": f"i-{name}", "href": name, "media-type": kinds[Path(name).suffix]})
        if mark := marks.get(name) or ("svg" if name.endswith(".xhtml") and b"<svg" in content else ""):
            item.set("properties", mark)
        items.append(item)
    root = O.package(
        metadata,
        O.manifest(*items),
        O.spine(*[O.itemref(idref=f"i-{name}") for name in spine]),
        {"version": "3.0", "unique-identifier": "id", "{http://www.w3.org/XML/1998/namespace}lang": "en"},
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def files(site: Path, root: Path = ROOT) -> dict[str, bytes]:
    """All files of the book, by name in the archive."""
    facts, chapters = Facts(root), book.chapters(site, root)
    homes = {chapter.key: file_name(chapter) for chapter in chapters}
    for chapter in chapters:
        homes.update({node.get("id"): file_name(chapter) for node in chapter.body.xpath("//*[@id]")})
    found = {file_name(chapter): chapter_file(chapter, homes) for chapter in chapters}
    spine = ["cover.xhtml", "title.xhtml", "nav.xhtml", *found]
    image = H.img(src="cover.svg", alt=f"{facts.title}, version {facts.version}, {facts.date}")
    found["cover.xhtml"] = document("Cover", H.section({TYPE: "cover", "class": "cover"}, image))
    found["cover.svg"] = COVER.format(title=facts.title, version=facts.version, date=facts.date).encode("utf-8")
    found["title.xhtml"], found["nav.xhtml"] = title_page(facts), navigation(chapters)
    found["epub.css"] = Path(__file__).with_suffix(".css").read_bytes()
    found["package.opf"] = opf(facts, found, spine)
    return found


def write(site: Path, target: Path, root: Path = ROOT) -> Path:
    """Write the EPUB of `site` to `target`."""
    entries = {f"EPUB/{name}": content for name, content in files(site, root).items()}
    entries |= {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER}
    package.write_zip(target, entries, first=("mimetype",))
    return target


if __name__ == "__main__":
    package.make(lambda: write(Path(sys.argv[1]), Path(sys.argv[2])))
