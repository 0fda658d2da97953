"""What a page may not say to a browser: no HTML of its own, no script, nothing loaded from outside.

`in_markdown` reads the source and names the line; `in_site` reads the built pages, so that nothing slips through
where Markdown is read otherwise than here. Data that a page shows is held like a page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html

from overrides.blocks.model import INCLUDE

CODE = re.compile(r"(?<!\\)(`+)(?!`).+?(?<!`)\1(?!`)")
FENCE = re.compile(r" *(?P<ticks>`{3,})")
TAG = re.compile(r"<(?!https?://[^\s<>]+>)[a-zA-Z/!?][^>]*>?")
ATTRIBUTE = re.compile(r"\{[^}]*?(?P<name>\bon\w+|\bstyle|\bsrc\w*|\bhref|\bformaction)\s*=", re.I)
TARGET = re.compile(r"(?P<image>!\[[^]]*\])?(?:(?<=\])\(|^ *\[[^]]+\]: *)\s*<?(?P<target>[^\s)>]+)", re.M)
IMAGE = re.compile(r"!\[[^]]*\]\(\s*<?(?P<target>[^\s)>]+)")
GOOD = re.compile(r"https?://|mailto:|[^:&]*(?:[/?#]|$)", re.I)
DEFINED = re.compile(r"^ *\[([^]]+)\]:", re.M)
REFERENCE = re.compile(r"\[(?P<text>[^][]+)\]\[(?P<label>[^][]*)\]|\[(?=\^)(?P<note>[^]\s]+)\](?!:)")
OUTSIDE = re.compile(r"(?:https?:)?//", re.I)
DIAGRAM = re.compile(r"^\s*(?:click|link|links|callback)\b|\bhref\b|javascript:|<(?!br/?>|\/?[bi]>)\/?[a-z]", re.I)
MODULES = {"libvirt", "xml.etree.ElementTree"}
NAMES = {"breakpoint", "builtins", "compile", "delattr", "eval", "exec", "getattr", "globals", "input", "io", "locals",
         "open", "os", "setattr", "subprocess", "sys", "vars"}  # fmt: skip
TAGS = {"applet", "audio", "base", "embed", "form", "frame", "iframe", "link", "math", "meta", "object", "script",
        "source", "style", "video"}  # fmt: skip


def in_markdown(text: str) -> Iterator[tuple[int, str]]:
    """The faults of a page's text, as (line, reason; remedy)."""
    fence, kind = "", ""
    known = {found[1].lower() for found in DEFINED.finditer(text)}
    program: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence, kind, program = mark["ticks"], line.strip(" `"), []
        elif mark and line.strip() == fence:
            yield from ((number - len(program) - 1 + n, why) for n, why in in_program("\n".join(program)))
            fence = ""
        elif fence and kind.startswith("py"):
            program.append(line)
        elif fence:
            if kind == "mermaid" and (found := DIAGRAM.search(line)):
                yield number, f"{found[0].strip()!r} in a diagram; boxes and arrows only"
        elif "-8<-" in line:
            include = "an include outside a code block" if INCLUDE.match(line) else "an include of an unknown shape"
            yield number, f"{include}; see CONTRIBUTING.md, 'Code blocks'"
        else:
            yield from ((number, reason) for reason in in_line(line))
            for found in REFERENCE.finditer(CODE.sub("", line)):
                label = (found["note"] or found["label"] or found["text"]).lower()
                if label not in known:
                    yield number, f"no definition of [{label}]; add a line [{label}]: ..."


def in_program(source: str) -> Iterator[tuple[int, str]]:
    """What a Python example may not do, since a test runs it on the machine itself: it talks to the test driver."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, RecursionError, ValueError) as error:
        yield getattr(error, "lineno", 1) or 1, f"no Python: {error}; correct it"
        return
    for node in nodes:
        modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            if module not in MODULES:
                yield node.lineno, f"import of {module!r} in an example; it may use {', '.join(sorted(MODULES))}"
        name = getattr(node, "id", getattr(node, "attr", ""))
        named = name in (NAMES if isinstance(node, ast.Name) else NAMES - {"open"})
        if named or (name.startswith("__") and name != "__name__"):
            yield node.lineno, f"{name!r} in an example; remove it"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "").startswith("open"):
            address = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            if not str(address).startswith("test:///"):
                yield node.lineno, f"a connection to {address!r} in an example; connect to 'test:///default'"


def in_line(line: str) -> Iterator[str]:
    """The faults of one line of Markdown outside code blocks."""
    line = CODE.sub("``", line)
    if found := TAG.search(line):
        yield f"raw HTML {found[0][:40]!r}; write Markdown, or put it between backticks"
    if found := ATTRIBUTE.search(line):
        yield f"attribute {found['name']!r} on an element; remove it"
    for found in IMAGE.finditer(line):
        if OUTSIDE.match(found["target"]):
            yield f"image from outside {found['target'][:60]!r}; put it below docs/assets/"
    for found in TARGET.finditer(line):
        if not GOOD.match(found["target"]):
            yield f"link {found['target'][:40]!r} is neither https: nor a path; correct it"


def in_data(data: object) -> Iterator[tuple[str, str]]:
    """The faults of all strings of a data file that a page shows as Markdown, as (string, reason; remedy)."""
    if isinstance(data, str):
        yield from ((data, reason) for reason in in_line(data.replace("\n", " ")))
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        if key not in ("example", "expects", "keys", "says"):  # shown as they stand, or not at all
            yield from in_data(value)
            yield from in_data(key) if isinstance(key, str) else ()


def in_site(site: Path) -> Iterator[str]:
    """What the articles of the built pages hold that runs or comes from outside, and names that stand twice."""
    for page in sorted(site.rglob("*.html")):
        seen: set[str] = set()
        for article in html.fromstring(page.read_bytes()).iter("article"):
            for element in article.iter("*"):
                for reason in _element(element):
                    yield f"{page}:{element.sourceline}: {reason}; write Markdown"
                if (name := element.get("id", "")) in seen:
                    yield f"{page}:{element.sourceline}: id {name!r} stands twice; rename one"
                seen |= {name} - {""}


def _element(element) -> Iterator[str]:
    if element.tag in TAGS:
        yield f"<{element.tag}> in an article"
    for name, value in element.attrib.items():
        if re.match(r"on\w|style$|formaction$|srcdoc$", name, re.I):
            yield f"attribute {name!r} in an article"
        elif name.endswith(("href", "src", "action")) and (
            not GOOD.match(value.strip()) or (element.tag != "a" and OUTSIDE.match(value.strip()))
        ):
            yield f"{name}={value[:60]!r} on <{element.tag}>"
