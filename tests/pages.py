"""Checks on the Markdown pages that need no build. `python -m tests.pages` prints every problem.

One line a problem: file, line, reason, what to do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from overrides.blocks import facts, model, safe_yaml
from overrides.blocks.model import INCLUDE, ROOT, BadData, Page
from tests import intake

LEVELS = ("core", "deeper")
UNFINISHED = re.compile(r"\b(todo|tbd|lorem|fixme)\b|coming soon|not finished", re.I)
LINK = re.compile(r"\]\((?P<target>[^)\s#]+\.md)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`\n]*)$")
TITLE = re.compile(r'title="(?P<title>[^"]*)"')
INFO = re.compile(r'^(?:\{(?P<braced>[^}]*)\}|(?P<lang>[\w-]*)(?: title="[^"]*")?)$')
OBJECTIVE_FOLDER = re.compile(r"330\.\d-[a-z]+/")


def problems(root: Path = ROOT) -> Iterator[str]:
    """All problems of the pages below `root`/docs, of their data and of what they include."""
    docs = root / "docs"
    yield from intake.problems(root)
    pages = []
    for path in sorted(docs.rglob("*.md")):
        try:
            pages.append(model.read_page(path, docs))
        except UnicodeDecodeError:
            pass  # named above
        except BadData as error:
            yield str(error)
    for page in pages:
        yield from _front_matter(page, docs / page.path)
        yield from _body(page, docs / page.path, root)
    yield from _data(root)
    yield from _coverage(pages, root)
    try:
        facts.published()
    except BadData as error:
        yield str(error)


def _known_objectives() -> set[str]:
    return {o.id for o in model.objectives()} | model.SUCCESSOR_IDS


def _front_matter(page: Page, path: Path) -> Iterator[str]:
    if not page.meta:
        yield f"{path}:1: no front matter; copy it from another page of the folder"
        return
    yield from (f"{path}:{line}: {reason}" for line, reason in intake.shown(page.meta, page.text))
    needed = {"title": str, "description": str}
    if OBJECTIVE_FOLDER.match(page.path):
        needed |= {"objectives": list, "terms": list, "minutes": int, "level": str}
    for key, kind in needed.items():
        if not isinstance(page.meta.get(key), kind):
            yield f"{path}:1: front matter needs {key}: with a {kind.__name__}; add it"
    lines = page.text.splitlines()

    def line_of(word: str) -> int:
        return next((n for n, line in enumerate(lines, 1) if word in line), 1)

    for number in page.meta.get("objectives", []):
        if number not in _known_objectives():
            yield (
                f"{path}:{line_of('objectives:')}: unknown objective number {number!r}; see docs/_data/objectives.yml"
            )
    terms = {t.name for o in model.objectives() for t in o.terms}
    for term in page.meta.get("terms", []):
        if term not in terms:
            yield f"{path}:{line_of('terms:')}: {term!r} is no listed term; spell it as in docs/_data/objectives.yml"
    if page.meta.get("level", "core") not in LEVELS:
        yield f"{path}:{line_of('level:')}: level is {' or '.join(LEVELS)}; correct it"


def _body(page: Page, path: Path, root: Path) -> Iterator[str]:
    fence: list[str] | None = None
    heading: tuple[int, str] | None = None
    for number, line in enumerate(page.text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{path}:{number}: unfinished words {UNFINISHED.search(line)[0]!r}; finish the text or remove it"
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = [mark["ticks"], mark["info"].strip(), str(number)]
            body: list[str] = []
            heading = None
        elif fence and mark and mark["ticks"].startswith(fence[0]) and not mark["info"].strip():
            yield from _fence(path, int(fence[2]), fence[1], body, root)
            fence = None
        elif fence:
            body.append(line)
        elif re.match(r"#{1,6} ", line):
            if heading and heading[1].count("#") >= line.split(" ")[0].count("#"):
                yield f"{path}:{heading[0]}: heading without text below it; write the text or remove the heading"
            heading = (number, line.split(" ")[0])
        elif line.strip():
            heading = None
        if fence is None:
            yield from _links(path, number, line, root)
    if fence:
        yield f"{path}:{fence[2]}: code fence is never closed; close it"
    if heading:
        yield f"{path}:{heading[0]}: heading without text below it; write the text or remove the heading"


def _links(path: Path, number: int, line: str, root: Path) -> Iterator[str]:
    """Links to pages that are not there; anchors are left to `mkdocs build --strict`."""
    for link in LINK.finditer(line):
        target = link["target"]
        base = root / "docs" if target.startswith("/") else path.parent
        if "://" not in target and not (base / target.lstrip("/")).is_file():
            yield f"{path}:{number}: no page {target!r}; correct the link"


def _fence(path: Path, number: int, info: str, body: list[str], root: Path) -> Iterator[str]:
    if not INFO.match(info):
        yield f"{path}:{number}: fence {info!r} not understood; see CONTRIBUTING.md, 'Code blocks'"
    if info == "mermaid":
        for word in ("accTitle:", "accDescr:"):
            if not any(line.strip().startswith(word) for line in body):
                yield f"{path}:{number}: diagram without {word}; say in one line what it shows"
        return
    if "synopsis" in info:
        if any(re.match(r"\s*\S+@\S+:\S*[#$] ", line) for line in body):
            yield f"{path}:{number}: prompt in a synopsis; a session belongs into a .console file"
        return
    includes = INCLUDE.findall("\n".join(body))
    if info.startswith("py") and path.name == "python.md":
        return
    if not includes or len([line for line in body if line.strip()]) != 1:
        yield (
            f"{path}:{number}: code is typed in the page; put it into a file below snippets/ "
            "and include it, or mark it { .text .synopsis }"
        )
        return
    name, section = includes[0]
    title = TITLE.search(info)
    if not title or title["title"] != name:
        yield f'{path}:{number}: title must be the file below snippets/; write title="{name}"'
    yield from _included(path, number + 1, name, section, root)


def _included(path: Path, number: int, name: str, section: str | None, root: Path) -> Iterator[str]:
    base = (root / "snippets").resolve()
    file = base / name
    if base not in file.resolve().parents:
        yield f"{path}:{number}: snippet {name!r} is outside snippets/; use a path below it"
    elif not file.is_file():
        yield f"{path}:{number}: no snippet {name!r}; correct the path or add the file below snippets/"
    elif section and f"[start:{section}]" not in file.read_text(encoding="utf-8", errors="replace"):
        yield f"{path}:{number}: {name} has no section {section!r}; add --8<-- [start:{section}] there"


def _data(root: Path) -> Iterator[str]:
    for path in sorted((root / "docs/_data").rglob("*.yml")):
        owner = path.parent if path.parent.name == "commands" else path
        schema = owner.with_suffix(".schema.json")
        if not schema.is_file():
            yield f"{path}:1: no schema {schema.name} beside it; add one"
            continue
        try:
            data = safe_yaml.load_checked(path, schema)
        except BadData as error:
            yield str(error)
            continue
        text = path.read_text(encoding="utf-8")
        yield from (f"{path}:{line}: {reason}" for line, reason in intake.shown(data, text))


def _coverage(pages: list[Page], root: Path) -> Iterator[str]:
    """Every listed term has a page that shows a case; every case is shown by a page."""
    shown = {"/".join(name.split("/")[:2]) for p in pages for name, _ in p.includes}
    where = root / "docs/_data/objectives.yml"
    for objective in model.objectives():
        for term in objective.terms:
            taught = [p for p in pages if term.name in p.meta.get("terms", [])]
            if not taught:
                yield f"{where}:1: no page teaches {term.name!r}; name it in the front matter of its page"
            elif not any(p.includes for p in taught):
                yield f"{root / 'docs' / taught[0].path}:1: teaches {term.name!r} but shows no case; include one"
    for folder in sorted(root.glob("snippets/*/*")):
        name = f"{folder.parent.name}/{folder.name}"
        if folder.is_dir() and name not in shown:
            yield f"{folder}:1: no page shows this case; include one of its files or remove it"


if __name__ == "__main__":
    try:
        found = list(problems())
    except BadData as error:
        found = [str(error)]
    print("\n".join(found).replace(f"{ROOT}/", "") if found else "pages: no problem found")
    sys.exit(1 if found else 0)
