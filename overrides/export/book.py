"""The built site as a book: its pages in reading order, each cleaned of what only a screen needs.

The PDF and the EPUB are made from these chapters. They come from the built HTML, so a book shows what the site shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin

import yaml
from lxml import etree, html

from overrides.blocks.model import ROOT
from overrides.export.package import BadExport

SVG = re.compile(r"<svg\b.*?</svg>", re.S)
COLOUR = re.compile(r"var\(--[\w-]+,\s*([^)]+)\)")  # drawn for two palettes; a book has the light one
LOCAL = re.compile(r"url\(#([^)]+)\)")
OBJECTIVE = re.compile(r"330\.\d")
# What serves a pointer, a search or a script.
SCREEN_TAGS = ("button", "input", "label", "script", "style")
SCREEN_CLASSES = ("headerlink", "md-content__button", "md-source-file")
SCREEN_ATTRIBUTES = ("data-search-exclude", "data-tabs", "data-copy", "tabindex")


@dataclass(frozen=True)
class Chapter:
    """A page of the site as a chapter; `parts` are the sections of the navigation that hold it, from the outermost."""

    url: str  # like 330.2-xen/xl/, empty for the home page
    title: str
    objective: str  # like 330.2, or empty
    parts: tuple[str, ...]
    body: html.HtmlElement  # an <article>; ids in it begin with `key`, links within the book lead to ids

    @property
    def key(self) -> str:
        """The chapter's own id, and the beginning of all others in it."""
        return key(self.url)


def key(url: str) -> str:
    """The id of the page at `url`: a letter first, since 330.2-xen alone is no name in XML."""
    return "page-" + (url.strip("/").replace("/", "-") or "home")


class _Lenient(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags name functions that only MkDocs needs."""


_Lenient.add_multi_constructor("", lambda loader, suffix, node: None)


def config(root: Path = ROOT) -> dict:
    """mkdocs.yml as data."""
    return yaml.load((root / "mkdocs.yml").read_text(encoding="utf-8"), _Lenient)


def navigation(nav: list, parts: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each page of `nav` as its URL and the sections around it, in reading order."""
    for entry in nav:
        name, target = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        if isinstance(target, list):
            yield from navigation(target, (*parts, name))
        else:
            yield re.sub(r"(^|/)index/$", r"\1", target.removesuffix(".md") + "/"), parts


def chapters(site: Path, root: Path = ROOT) -> list[Chapter]:
    """All pages of the navigation from the built `site`. Raise `BadExport` for a page that is missing or not whole."""
    settings = config(root)
    pages = dict(navigation(settings["nav"]))
    keys = {urljoin(settings["site_url"], url): key(url) for url in pages}
    return [_chapter(site, url, parts, urljoin(settings["site_url"], url), keys) for url, parts in pages.items()]


def _chapter(site: Path, url: str, parts: tuple[str, ...], address: str, keys: dict[str, str]) -> Chapter:
    path = site / url / "index.html"
    if not path.is_file():
        raise BadExport(f"{path}: no such page; build the site with make site")
    drawings: list[str] = []
    text = SVG.sub(lambda svg: drawings.append(svg[0]) or "<svg></svg>", _article(path))
    body = html.fragment_fromstring(text)
    heading = body.find(".//h1")
    if body.find_class("mermaid"):
        raise BadExport(f"{path}: a diagram is not drawn; get Chromium with make setup-test, then make site")
    if heading is None:
        raise BadExport(f"{path}: no heading of level 1; give the page its title")
    _unfold(body)
    for element in [*body.iter(*SCREEN_TAGS), *(e for name in SCREEN_CLASSES for e in body.find_class(name))]:
        element.drop_tree()
    for place, drawing in zip(body.findall(".//svg"), drawings, strict=True):
        place.getparent().replace(place, _drawing(drawing, place.tail))
    for element in body.iter(etree.Element):
        _own(element, keys[address])
        for name in SCREEN_ATTRIBUTES:
            element.attrib.pop(name, None)
        if element.tag == "a" and element.get("href"):
            element.set("href", _link(urljoin(address, element.get("href")), keys))
    body.set("id", keys[address])
    objective = OBJECTIVE.match(url)
    return Chapter(url, heading.text_content().strip(), objective[0] if objective else "", parts, body)


def _article(path: Path) -> str:
    """The source of the page's article."""
    found = re.search(r"<article\b.*</article>", path.read_text(encoding="utf-8"), re.S)
    if not found:
        raise BadExport(f"{path}: no article in it; build the site with make site")
    return found[0]


def _drawing(source: str, tail: str | None) -> etree._Element:
    """A diagram, read as the XML that it is (HTML would lose viewBox), in the light palette."""
    svg = etree.fromstring(COLOUR.sub(r"\1", source))
    svg.tail = tail
    for circle in svg.iter("{*}circle"):  # mermaid writes sizes that a circle doesn't have
        circle.attrib.pop("width", None)
        circle.attrib.pop("height", None)
    return svg


def _unfold(body: html.HtmlElement) -> None:
    """Boxes open, tabs one after the other, each below its label."""
    for box in body.iter("details"):
        box.tag = "div"
        box.set("class", f"admonition {box.get('class', '')}".strip())
        box.attrib.pop("open", None)
        for summary in box.findall("summary"):
            summary.tag = "p"
            summary.set("class", "admonition-title")
    for tabs in body.find_class("tabbed-set"):
        labels, blocks = (tabs.xpath(f"div[@class='tabbed-{part}']/*") for part in ("labels", "content"))
        for label, block in zip(labels, blocks, strict=True):
            title = html.Element("p", {"class": "tab-title"})
            title.text = label.text_content().strip()
            block.insert(0, title)
        tabs.find_class("tabbed-labels")[0].drop_tree()


def _own(element: etree._Element, name: str) -> None:
    """Give the ids of `element`, and what refers to ids, the chapter's prefix."""
    for attribute, value in element.attrib.items():
        if attribute in ("id", "aria-labelledby", "aria-describedby"):
            element.set(attribute, " ".join(f"{name}--{word}" for word in value.split()))
        elif "url(#" in value:
            element.set(attribute, LOCAL.sub(rf"url(#{name}--\1)", value))


def _link(address: str, keys: dict[str, str]) -> str:
    """Where a link leads: to an id in the book, or to an address outside."""
    page, mark, section = address.partition("#")
    if page not in keys:
        return address
    return f"#{keys[page]}--{unquote(section)}" if mark and section else f"#{keys[page]}"
