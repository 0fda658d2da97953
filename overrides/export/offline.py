"""The guide as a zip: the built site, made to work when its pages are opened from a disk.

A server answers the address of a folder with its index.html; a disk doesn't. So each link to a folder is written out,
the search index becomes a script (a page from a disk may read no other file), and the search's worker runs in a frame
(file_worker.js). Pages, addresses and texts stay those of the site: it is built once, for both.

Material's own plugin `offline` wants a second build with other addresses and a script from a CDN; its replacement on
npm, iframe-worker, writes inline script into its frame, which the content policy of the pages refuses.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from overrides.export import package
from overrides.export.package import BadExport

TOP = "virtualization-guide"  # the one folder that the zip unpacks to
LINK = re.compile(r'(?P<before><(?:a|area|link)\b[^>]*?\shref="|content="0; url=)(?P<link>[^"]*)(?=")')
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
START = "assets/javascripts/before-theme.js"  # on each page, before the theme's script
MERMAID = "assets/javascripts/mermaid.min.js"  # shipped where a diagram is left to the reader's browser
INDEX = "search/search_index.json"
WORKER = Path(__file__).with_name("file_worker.js")
# Of no use on a disk: what only a server or a search engine reads, maps for debuggers, stemmers of other languages.
LEFT_OUT = re.compile(r"404\.html|_headers|sitemap\.xml(\.gz)?|.*\.map|assets/javascripts/lunr/.*")


def entries(site: Path) -> dict[str, bytes]:
    """The files of the zip, by name below its folder. Raise `BadExport` for a site that is not there or not whole."""
    files = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    if missing := {"index.html", START, INDEX} - files.keys():
        raise BadExport(f"{site}: no {min(missing)}; build the site with make site")
    if MERMAID in files:
        raise BadExport(f"{site}: its diagrams are not drawn; get Chromium with make setup-test, then make site")
    folders = {"", *(parent.as_posix() for name in files for parent in Path(name).parents)} - {"."}
    found = {}
    for name, path in files.items():
        if LEFT_OUT.fullmatch(name):
            continue
        content = path.read_bytes()
        if path.suffix == ".html":
            content = written_out(content.decode("utf-8"), name, files.keys(), folders).encode("utf-8")
        elif name == START:
            content += b"\n" + WORKER.read_bytes()
        elif name == INDEX:
            name, content = INDEX.removesuffix("on"), _search_script(content)
        found[name] = content
    return found


def written_out(html: str, name: str, files, folders) -> str:
    """Page `name` with each link to a folder written out to its index.html; a link to nowhere is a `BadExport`."""

    def full(match: re.Match) -> str:
        link = unescape(match["link"])
        if SCHEME.match(link) or not link or link.startswith("#"):
            return match[0]
        address, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", link, re.S).groups()
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))
        target = "" if target == "." else target
        if target in files:
            return match[0]
        if target not in folders or posixpath.join(target, "index.html") not in files:
            raise BadExport(f"{name}: link {link!r} leads to no file of the site; correct it or build again: make site")
        return match["before"] + escape(f"{posixpath.join(address, 'index.html')}{mark}{rest}")

    return LINK.sub(full, html)


def _search_script(index: bytes) -> bytes:
    """The search index as the script that the theme asks for on a disk, its addresses written out."""
    data = json.loads(index)
    for entry in data["docs"]:
        page, mark, section = entry["location"].partition("#")
        entry["location"] = posixpath.join(page, "index.html") + mark + section
    return b"var __index = " + json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def write(site: Path, target: Path) -> Path:
    """Write the zip of `site` to `target`."""
    package.write_zip(target, {f"{TOP}/{name}": content for name, content in entries(site).items()})
    return target


if __name__ == "__main__":
    package.make(lambda: write(Path(sys.argv[1]), Path(sys.argv[2])))
