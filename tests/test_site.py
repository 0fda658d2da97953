"""The site as built: strict build, provenance of every code block, links, nothing from outside."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from overrides.blocks import safe_yaml
from tests import markup, provenance, urls
from tests.conftest import none

LYCHEE = Path(sys.executable).with_name("lychee")


def test_every_code_block_has_a_provenance(site, record_property):
    counts, problems = provenance.audit(site)
    record_property("summary", provenance.report(counts))
    none(problems)
    assert counts["file"] and counts["session"]


@pytest.mark.parametrize("block", ["<pre><code>made up</code></pre>", '<div class="highlight"><pre>x</pre></div>'])
def test_a_made_up_code_block_is_found(tmp_path, block):
    (tmp_path / "index.html").write_text(f"<html><body>{block}</body></html>")
    counts, problems = provenance.audit(tmp_path)
    assert counts["unknown"] == 1
    assert "without provenance" in problems[0]


def test_a_synopsis_counts_as_such(tmp_path):
    (tmp_path / "a.html").write_text('<body><div class="text synopsis highlight"><pre>ls FILE</pre></div></body>')
    counts, problems = provenance.audit(tmp_path)
    assert (dict(counts), problems) == ({"synopsis": 1}, [])


def lychee(site: Path) -> subprocess.CompletedProcess:
    """Check all links of the site without the network; a second opinion beside mkdocs --strict."""
    options = ["--offline", "--include-fragments", "--no-progress", "--index-files", "index.html", "--root-dir", site]
    command = [LYCHEE, *options, f"{site}/**/*.html"]
    return subprocess.run(command, capture_output=True, text=True)


def test_every_link_leads_somewhere(site):
    done = lychee(site)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("href", ["gone/", "#nowhere"])
def test_a_dead_link_is_found(tmp_path, href):
    (tmp_path / "index.html").write_text(f'<html><body><a href="{href}">x</a></body></html>')
    assert lychee(tmp_path).returncode != 0


def test_no_page_loads_anything_from_outside(site):
    loads = re.compile(r'<(?:script|link|img|iframe|source)[^>]+(?:src|href)=["\']?((?:https?:)?//[^"\'\s>]+)[^>]*>')
    outside = [
        f"{page}: {m[1]}"
        for page in site.rglob("*.html")
        for m in loads.finditer(page.read_text(encoding="utf-8"))
        if 'rel="canonical"' not in m[0] and "rel=canonical" not in m[0]
        and 'rel="next"' not in m[0] and 'rel="prev"' not in m[0]
    ]  # fmt: skip
    none(outside)


def test_no_article_brings_markup_of_its_own(site):
    none(markup.in_site(site))


def test_every_address_ever_published_is_built_or_leads_on(site):
    dead = [a for a in safe_yaml.load(urls.NOTED) if not (site / a.strip("/") / "index.html").is_file()]
    assert not dead, dead


def test_every_page_says_that_the_guide_is_unofficial(site):
    silent = [str(p) for p in site.rglob("index.html") if "not endorsed by LPI" not in p.read_text(encoding="utf-8")]
    assert not silent, silent
