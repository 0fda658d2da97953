"""Cosmetic: each page names what it may load, and nothing that no page uses is shipped.

A content security policy stands in the page itself, since a static host may send no headers, and in `_headers`
for the hosts that read it. With this hook off the same pages stand there without a policy.
"""

import base64
import re
from hashlib import sha256
from pathlib import Path

INLINE = re.compile(r"<script>(?P<code>.*?)</script>", re.S)
LIVE = '<pre class="mermaid">'  # a diagram that was not drawn: mermaid paints it with inline styles
MERMAID = "assets/javascripts/mermaid.min.js"
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)
_hashes: set[str] = set()
_live: set[str] = set()


def on_pre_build(config) -> None:
    """Forget the last build."""
    _hashes.clear()
    _live.clear()


def on_post_page(html: str, page, config) -> str:
    """Put the policy into the page's head, before anything that it governs."""
    if LIVE in html:
        _live.add(page.url)
        return html
    return _closed(html)


def on_post_template(html: str, template_name: str, config) -> str:
    """The same for 404.html."""
    return _closed(html) if template_name.endswith(".html") else html


def on_post_build(config) -> None:
    """Write `_headers`; drop mermaid where every diagram is drawn."""
    site = Path(config.site_dir)
    if _live:
        return
    (site / MERMAID).unlink(missing_ok=True)
    policy = POLICY.format(scripts=" ".join(sorted(_hashes))) + "; frame-ancestors 'none'"
    (site / "_headers").write_text(
        f"/*\n  Content-Security-Policy: {policy}\n  Referrer-Policy: no-referrer\n  X-Content-Type-Options: nosniff\n",
        encoding="utf-8",
    )


def _closed(html: str) -> str:
    found = {f"'sha256-{_digest(script['code'])}'" for script in INLINE.finditer(html)}
    _hashes.update(found)
    policy = POLICY.format(scripts=" ".join(sorted(found)))
    return html.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _digest(code: str) -> str:
    return base64.b64encode(sha256(code.encode("utf-8")).digest()).decode()
