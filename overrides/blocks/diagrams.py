"""The mermaid fence: the diagram's drawing (draw.py) where there is one, mermaid2's own fence where not.

mermaid2 puts the source into the page as it stands, so a `<br/>` in a label becomes an element and
its line break is lost, and so would a script be an element. Escaped, the text reaches mermaid whole.
"""

from html import escape

import mermaid2

from overrides.blocks.draw import drawing


def fence_mermaid_custom(source: str, *args, **kwargs) -> str:
    """Return the HTML of a diagram; mermaid2 knows the function by this name."""
    drawn = drawing(source)
    if drawn.exists():
        return f'<div class="diagram" data-search-exclude tabindex="0">{drawn.read_text(encoding="utf-8")}</div>'
    return mermaid2.fence_mermaid_custom(escape(source, quote=False), *args, **kwargs)
