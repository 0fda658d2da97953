"""Cosmetic: the title of an example links to its row on the proof page, a session gets a line from its receipt.

The copy button of a session copies its commands, without prompts and output. With this hook off the title is plain
text, the button copies all, and the receipts stand on the proof page alone; nothing is lost.
"""

import posixpath
import re
from functools import cache
from html import escape, unescape
from pathlib import Path

from overrides.blocks import model
from tests.transcripts import session

BLOCK = re.compile(
    r'<span class="filename">(?P<path>(?P<folder>[a-z0-9.-]+)/(?P<case>[a-z0-9-]+)/(?P<file>[^<]+))</span>'
    r"(?P<code>.*?</div>)",
    re.S,
)
PLACES = {"tool": "a sandbox", "checkout": "a copy of the guide", "kvm-lab": "the KVM lab", "xen-lab": "the Xen lab"}


def on_page_content(html: str, page, **_: object) -> str:
    """Decorate each `<span class="filename">folder/case/file</span>` and the code below it."""
    start = page.url or "./"
    proof = posixpath.relpath("reference/proof/", start if start.endswith("/") else posixpath.dirname(start) or ".")
    read = cache(model.read_case)  # the cases of this page alone: reading all of them for each page is quadratic

    def decorate(match: re.Match) -> str:
        folder = model.ROOT / "snippets" / match["folder"] / match["case"]
        case = read(folder) if folder.is_dir() else None
        ran = case and match["file"].endswith(".console") and case.receipt
        code = _copies_commands(match["code"], match["path"]) if ran else match["code"]
        return (
            f'<span class="filename"><a href="{proof}/#{match["folder"]}-{match["case"]}" '
            f'title="How this example is proved">snippets/{match["path"]}</a></span>{code}'
            + (_receipt_line(case.receipt) if ran else "")
        )

    return BLOCK.sub(decorate, html)


def _copies_commands(code: str, path: str) -> str:
    """Tell the theme's copy button, by its attribute `data-copy`, what to take."""
    text = unescape(re.sub(r"<[^>]+>", "", code))
    commands = "\n".join(step.command for step in session.parse(text.strip("\n"), Path(path)))
    return code.replace("<pre>", f'<pre data-copy="{escape(commands)}">', 1)


def _receipt_line(receipt: dict) -> str:
    """One quiet line: when, where, with which versions; the machine when the pointer rests on it."""
    versions = ", ".join(f"{name} {_upstream(version)}" for name, version in receipt["versions"].items())
    text = f"Ran {receipt['date']} in {PLACES[receipt['place']]}" + (f" · {versions}" if versions else "")
    return f'<p class="receipt" title="{escape(receipt["machine"])}">{escape(text)}</p>'


def _upstream(version: str) -> str:
    """Debian's version without epoch, revision and repacking."""
    return re.sub(r"^\d+:|[-+].*$", "", version)
