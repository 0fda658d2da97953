"""Cosmetic: diagrams are drawn before the pages are built, so that no reader's browser has to.

With this hook off, or where nothing can draw, mermaid paints them in the browser.
"""

import logging

from mkdocs.exceptions import PluginError

from overrides.blocks import draw

log = logging.getLogger("mkdocs.hooks.diagrams")


def on_pre_build(config) -> None:
    """Draw what is new; stop the build at a diagram that mermaid refuses."""
    try:
        draw.draw_missing(log.info)
    except draw.BadDiagram as error:
        raise PluginError(str(error)) from None
