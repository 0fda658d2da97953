"""Has a book what the site has? Headings, code, tables, diagrams and words of a page, to be compared page by page.

What is compared is read from the elements alone, so that any export can be held against the site: HTML, XHTML, or lists
that come from another format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from lxml import etree, html

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PILCROW = "\N{PILCROW SIGN}"


class Shape(NamedTuple):
    """What a page holds, in its order; `words` in any, since a book shows tabs one after the other."""

    headings: list[str]  # like "h2 Create and list"
    code: list[str]  # a hash of each block's text
    tables: list[str]  # the cells' texts
    diagrams: list[str]  # title, description and labels
    words: Counter


def plain(element: etree._Element) -> str:
    """The text of `element`, with single spaces, without the sign of a link to a heading."""
    return " ".join(element.xpath("string()").replace(PILCROW, " ").split())


def hashed(code: str) -> str:
    """A short name of a code block's text; the empty line at its end doesn't count."""
    return sha256(code.rstrip("\n").encode("utf-8")).hexdigest()[:16]


def shape(tree: etree._Element) -> Shape:
    """The shape of a page: `tree` is its article, as HTML or XHTML."""
    named: dict[str, list[etree._Element]] = {}
    for element in tree.iter(etree.Element):
        named.setdefault(etree.QName(element).localname, []).append(element)
    drawn = [svg for svg in named.get("svg", []) if any(etree.QName(part).localname == "desc" for part in svg)]
    headings = [e for e in tree.iter(etree.Element) if etree.QName(e).localname in HEADINGS]
    return Shape(
        [f"{etree.QName(e).localname} {plain(e)}" for e in headings],
        [hashed(e.xpath("string()")) for e in named.get("pre", [])],
        [" | ".join(plain(cell) for cell in table.iter("{*}td", "{*}th")) for table in named.get("table", [])],
        [plain(svg) for svg in drawn],
        Counter(word for text in tree.xpath(".//text()") for word in text.replace(PILCROW, " ").split()),
    )


def of_site(site: Path) -> dict[str, Shape]:
    """The shape of each page of the built site, by its URL."""
    found = {}
    for path in sorted(site.rglob("index.html")):
        article = html.fromstring(path.read_bytes()).find(".//article")
        if article is not None:
            url = path.parent.relative_to(site).as_posix()
            found["" if url == "." else f"{url}/"] = shape(article)
    return found


def differences(where: str, wanted: Shape, got: Shape) -> Iterator[str]:
    """One line for each kind of thing in which a page of a book differs from the page of the site."""
    for kind in Shape._fields:
        there, here = getattr(wanted, kind), getattr(got, kind)
        if there != here:
            yield f"{where}: {kind}: missing {_first(there, here)}, too many {_first(here, there)}"


def _first(these: Iterable[str], those: Iterable[str]) -> str:
    """The first three of `these` that `those` lacks, or that the order is another."""
    left = list((Counter(these) - Counter(those)).elements())
    return f"{len(left)} ({'; '.join(item[:60] for item in left[:3])})" if left else "0 (or in another order)"
