"""Cosmetic: what the theme leaves unnamed to a screen reader gets a name, and an option stays whole at a line's end."""

import re

# The theme names a list of pages by a label that is empty when the section has a page of its own.
PAGES = re.compile(
    r'aria-labelledby="__nav_[\d_]+label"(?P<rest>[^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>'
    r"\s*(?P<title>[^<]+?)\s*</label>)"
)
CODE = re.compile(r"(?<=<code>)[^<]*(?=</code>)")
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
MENDED = {
    '<div class="md-search" data-md-component="search" role="dialog">': (
        '<div class="md-search" data-md-component="search" role="dialog" aria-label="Search the guide">'
    ),
    '<nav class="md-search__options" aria-label="Search">': (
        '<nav class="md-search__options" aria-label="Search options">'
    ),
    "<th></th>": "<td></td>",
}


def on_page_content(html: str, page, config, files) -> str:
    """Keep an option together with its hyphens at the end of a line."""
    return CODE.sub(lambda code: OPTION.sub(r'<span class="word">\g<0></span>', code[0]), html)


def on_post_page(html: str, page, config) -> str:
    """Mend the page."""
    for theirs, ours in MENDED.items():
        html = html.replace(theirs, ours)
    return PAGES.sub(r'aria-label="Pages of \g<title>"\g<rest>', html)
