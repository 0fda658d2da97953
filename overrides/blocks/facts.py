"""Markdown blocks that show facts from docs/_data and from the receipts.

    /// objective | 330.2        weight, successor numbers and listed terms of an objective
    ///
    /// weights                  the six objectives at a glance
    ///
    /// commands | virsh         a command table
    ///
    /// coverage | crosswalk | glossary | proof | counts | downloads

A block builds ordinary Markdown table cells, so links and inline code in them are processed and
checked like those of the page. Works with Python-Markdown alone; no MkDocs plugin is involved.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable

from markdown import Markdown
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from overrides.blocks import model, safe_yaml
from overrides.blocks.model import ROOT, BadData, Case, Page

Row = Iterable[str | etree.Element]  # a cell is inline Markdown or an element


def _table(parent: etree.Element, head: Row, rows: Iterable[Row], ids: Iterable[str] = ()) -> None:
    """Add a table below `parent`; cells are inline Markdown, `ids` name the rows."""
    table = etree.SubElement(parent, "table")
    line = etree.SubElement(etree.SubElement(table, "thead"), "tr")
    for text in head:
        etree.SubElement(line, "th", scope="col").text = text
    body = etree.SubElement(table, "tbody")
    names = iter(ids)
    for row in rows:
        line = etree.SubElement(body, "tr")
        if name := next(names, ""):
            line.set("id", name)
        for cell in row:
            if isinstance(cell, str):
                etree.SubElement(line, "td").text = cell
            else:
                etree.SubElement(line, "td").append(cell)


def _text(parent: etree.Element, tag: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, tag, attributes).text = text


def _command_line(text: str) -> etree.Element:
    """`text` as code that breaks between words only, never after the hyphens of an option."""
    code = etree.Element("code")
    for word in text.split(" "):
        span = etree.SubElement(code, "span", {"class": "word"})
        span.text = AtomicString(word)
        span.tail = " "
    span.tail = ""
    return code


def _link(page: Page) -> str:
    return f"[{page.title}](/{page.path})"


def _cases_of(page: Page, cases: dict[str, Case]) -> list[Case]:
    names = dict.fromkeys("/".join(path.split("/")[:2]) for path, _ in page.includes)
    return [cases[n] for n in names if n in cases]


def _case_link(case: Case) -> str:
    return f"[`{case.folder.name}`](/reference/proof.md#{case.anchor})"


def _files(case: Case) -> str:
    """How many shown files the software accepts and refuses."""
    refused = len(case.invalid)
    good = len([p for p in case.files if not p.name.startswith("_")]) - refused
    return ", ".join(f"{n} {word}" for n, word in ((good, "accepted"), (refused, "refused")) if n) or "none"


def _run(case: Case) -> str:
    """When the sessions last ran, how many commands, with which versions."""
    if not case.sessions:
        return "no session; files are judged at every build"
    versions = ", ".join(f"{name} {version}" for name, version in case.receipt.get("versions", {}).items())
    return f"**{case.receipt.get('date', 'never')}**: {case.receipt.get('commands', 0)} commands; {versions}"


def objective(parent: etree.Element, number: str) -> None:
    """Weight, successor numbers and listed terms of one objective."""
    found = next((o for o in model.objectives() if o.id == number), None)
    if not found:
        raise BadData(f"unknown objective {number!r} in a block; see docs/_data/objectives.yml")
    pages = model.pages()
    _text(parent, "p", f"{found.summary}")
    _text(parent, "p", f"Weight **{found.weight}** in exam 304-200 (retired) · serves **{', '.join(found.also)}** "
                       "of the living exam 305-300", **{"class": "objective"})  # fmt: skip
    rows = [
        (f"**{t.name}**", ", ".join(_link(p) for p in pages if t.name in p.meta.get("terms", [])),
         (", ".join(t.to) or "none") + (f" ({t.note})" if t.note else ""))
        for t in found.terms
    ]  # fmt: skip
    _table(parent, ("Listed term", "Taught on", "In 305-300"), rows)


def weights(parent: etree.Element, _: str) -> None:
    """The six objectives with their weights."""
    rows = [
        (f"[{o.id} {o.title}](/{o.slug}/index.md)", str(o.weight), ", ".join(o.also), o.summary)
        for o in model.objectives()
    ]
    _table(parent, ("Objective", "Weight", "305-300", "What it asks"), rows)
    total = sum(o.weight for o in model.objectives())
    _text(parent, "p", f"Topic 330 carries {total} of the exam's 60 points; a weight is about the number of questions.")


def commands(parent: etree.Element, name: str) -> None:
    """A command table: docs/_data/commands/NAME.yml."""
    table = safe_yaml.load(ROOT / f"docs/_data/commands/{name}.yml")
    titles = {p.path: p.title for p in model.pages()}
    for group in table["groups"]:
        _text(parent, "h2", group["name"], id=group["name"].lower().replace(" ", "-"))
        rows = []
        for entry in group["commands"]:
            retired = f" **Retired:** {entry['retired']}" if entry.get("retired") else ""
            page = entry["page"]
            rows.append((f"`{entry['command']}`", entry["does"] + retired, _command_line(entry["example"]),
                         f"[{titles.get(page, page)}](/{page})"))  # fmt: skip
        _table(parent, ("Command", "What it does", "Example", "Taught on"), rows)
    if table.get("unchecked"):
        checked = f"Not checked against the tool: {table['unchecked']}. Source: {table['source']}."
    else:
        checked = f"Each command and option here is held against: {table['source']}."
    _text(parent, "p", checked, **{"class": "receipt"})


def coverage(parent: etree.Element, _: str) -> None:
    """Each listed term with its pages, its cases and their last run."""
    pages, cases = model.pages(), {c.name: c for c in model.cases()}
    for o in model.objectives():
        _text(parent, "h2", f"{o.id} {o.title}", id=f"o{o.id}")
        rows = []
        for term in o.terms:
            taught = [p for p in pages if term.name in p.meta.get("terms", [])]
            proof = list({c.name: c for p in taught for c in _cases_of(p, cases)}.values())
            runs = [str(c.receipt["date"]) for c in proof if c.receipt]
            rows.append((f"**{term.name}**", ", ".join(map(_link, taught)), ", ".join(map(_case_link, proof)),
                         max(runs, default="files, at every build")))  # fmt: skip
        _table(parent, ("Listed term", "Page", "Cases shown there", "Last session run"), rows)


def crosswalk(parent: etree.Element, _: str) -> None:
    """Where each listed term of Topic 330 went in 305-300."""
    rows = [(o.id, t.name, ", ".join(t.to) or "gone", t.note) for o in model.objectives() for t in o.terms]
    _table(parent, ("304", "Listed term", "305-300", "Note"), rows)


def glossary(parent: etree.Element, _: str) -> None:
    """The glossary: docs/_data/glossary.yml."""
    titles = {p.path: p.title for p in model.pages()}
    entries = safe_yaml.load(ROOT / "docs/_data/glossary.yml")
    rows = [(f"**{e['term']}**", e["meaning"], f"[{titles.get(e['page'], e['page'])}](/{e['page']})") for e in entries]
    _table(parent, ("Term", "Meaning", "Taught on"), rows)


def proof(parent: etree.Element, _: str) -> None:
    """One row a case: what it holds, where it ran, with which versions, when."""
    pages = model.pages()
    cases = model.cases()
    groups = [(o.slug, f"o{o.id}", f"{o.id} {o.title}") for o in model.objectives()]
    for folder, anchor, title in [*groups, (model.OWN, model.OWN, "The guide itself")]:
        _text(parent, "h2", title, id=anchor)
        rows, ids = [], []
        for case in (c for c in cases if c.folder.parent.name == folder):
            shown = [p for p in pages if any(path.startswith(case.name + "/") for path, _ in p.includes)]
            rows.append((f"`{case.folder.name}`<br>{case.spec['title']}", _files(case), _run(case),
                         ", ".join(map(_link, shown))))  # fmt: skip
            ids.append(case.anchor)
        _table(parent, ("Case", "Files", "Last run", "Shown on"), rows, ids)


def counts(parent: etree.Element, _: str) -> None:
    """What is proved, in numbers."""
    cases = model.cases()
    files = sum(len([p for p in c.files if not p.name.startswith("_")]) for c in cases)
    refused = sum(len(c.invalid) for c in cases)
    sessions = sum(len(c.sessions) for c in cases if c.receipt)
    ran = sum(c.receipt.get("commands", 0) for c in cases)
    _table(parent, ("Example files accepted", "Broken files refused", "Recorded sessions", "Commands that ran"),
           [(str(files - refused), str(refused), str(sessions), str(ran))])  # fmt: skip


def published() -> str:
    """The folder that the publisher puts the files of `make dist` into, from DOWNLOADS; empty where nobody does."""
    place = os.environ.get("DOWNLOADS", "")
    if place and not (place.startswith("https://") and place.endswith("/")):
        raise BadData(f"DOWNLOADS is {place!r}; set it to an https address that ends with /, or leave it unset")
    return place


def downloads(parent: etree.Element, _: str) -> None:
    """The guide as files; each is a link where they are published."""
    place = published()
    path = ROOT / "docs/_data/downloads.yml"
    rows = [
        (f"[{d['form']}]({place}{d['file']})" if place else d["form"], d["for"], _command_line(f"make {d['make']}"),
         f"`dist/{d['file']}`")
        for d in safe_yaml.load_checked(path, path.with_suffix(".schema.json"))
    ]  # fmt: skip
    _table(parent, ("Form", "For", "Make it", "File"), rows)


KINDS: dict[str, Callable[[etree.Element, str], None]] = {
    f.__name__: f for f in (objective, weights, commands, coverage, crosswalk, glossary, proof, counts, downloads)
}


def _block(name: str) -> type[Block]:
    class FactBlock(Block):
        NAME = name
        ARGUMENT = None

        def on_create(self, parent: etree.Element) -> etree.Element:
            element = etree.SubElement(parent, "div", {"class": f"facts facts-{name}"})
            KINDS[name](element, self.argument or "")
            return element

    return FactBlock


class FactsExtension(BlocksExtension):
    """Registers the blocks; listed in mkdocs.yml as `overrides.blocks.facts`."""

    def extendMarkdownBlocks(self, md: Markdown, block_mgr) -> None:  # noqa: N802 - the library's name
        """Register one block a kind."""
        for name in KINDS:
            block_mgr.register(_block(name), self.getConfigs())


def makeExtension(**options) -> FactsExtension:  # noqa: N802 - Python-Markdown's name
    """Entry point that Python-Markdown looks for."""
    return FactsExtension(**options)
