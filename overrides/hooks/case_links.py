"""Cosmetic: the title of an example links to its row on the proof page.

With this hook off the title is plain text; nothing is lost.
"""

import posixpath
import re

TITLE = re.compile(r'<span class="filename">((330\.\d-[a-z]+)/([a-z0-9-]+)/([^<]+))</span>')


def on_page_content(html: str, page, **_: object) -> str:
    """Turn `<span class="filename">330.N-x/case/file</span>` into a link."""
    start = page.url or "./"
    proof = posixpath.relpath("reference/proof/", start if start.endswith("/") else posixpath.dirname(start) or ".")

    def link(match: re.Match) -> str:
        return (
            f'<span class="filename"><a href="{proof}/#{match[2]}-{match[3]}" '
            f'title="How this example is proved">snippets/{match[1]}</a></span>'
        )

    return TITLE.sub(link, html)
