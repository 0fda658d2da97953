"""Where a page has moved, its old address leads on: a page that names the new one and takes the reader there.

docs/_data/moved.yml lists them. No script: the refresh and the link are plain HTML. With this hook off the old
addresses are missing, and tests/test_links.py says so.
"""

import posixpath
from html import escape
from pathlib import Path

from overrides.blocks import safe_yaml

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'">
<meta http-equiv="refresh" content="0; url={to}">
<meta name="robots" content="noindex">
<link rel="canonical" href="{canonical}">
<title>This page has moved</title>
</head>
<body>
<p>This page has moved: <a href="{to}">{name}</a></p>
<p>{copyright}</p>
</body>
</html>
"""


def on_post_build(config) -> None:
    """Write a page at each old address."""
    for entry in safe_yaml.load(Path(config.docs_dir, "_data/moved.yml")):
        page, hash_sign, section = entry["to"].partition("#")
        to = posixpath.relpath(page, entry["from"]) + "/" + hash_sign + section
        file = Path(config.site_dir, entry["from"].strip("/"), "index.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        values = {"to": to, "canonical": f"{config.site_url.rstrip('/')}{page}", "name": entry["to"]}
        values["copyright"] = config.copyright.strip()
        file.write_text(PAGE.format(**{k: escape(v) for k, v in values.items()}), encoding="utf-8")
