"""Links lead somewhere and addresses stay: each kind of fault, seeded into a small guide, is named by a check.

One build of a guide of a few pages with all faults in it, judged by mkdocs --strict, by lychee on what was built, by
the page checks and by the list of addresses.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from overrides.blocks.model import ROOT
from tests import markup, pages, urls
from tests.conftest import build, none
from tests.test_bad_input import PAGE, small_guide
from tests.test_site import lychee

FAULTS = {  # kind: (line of docs/330.3-kvm/faults.md, who finds it, words)
    "missing page": ("[x](gone.md)", "pages", r"faults.md:\d+: no page 'gone.md'; correct the link"),
    "missing page (build)": ("[x](gone.md)", "build", "link 'gone.md', but the target .*not found"),
    "missing page (lychee)": ("[x](gone.md)", "lychee", r"faults/gone.md .*File not found"),
    "missing anchor": ("[x](page.md#nowhere)", "build", "'330.3-kvm/page.md' does not contain an anchor '#nowhere'"),
    "missing anchor (lychee)": ("[x](page.md#nowhere)", "lychee", "page#nowhere .*Cannot find fragment"),
    "missing anchor on the page": ("[x](#nowhere-here)", "build", "link '#nowhere-here', but there is no such anchor"),
    "missing image": ("![x](gone.png)", "build", "link 'gone.png', but the target .*not found"),
    "wrong case in a path": ("[x](Page.md)", "build", "link 'Page.md', but the target .*not found"),
    "wrong case in a folder": ("[x](../330.3-KVM/page.md)", "pages", "no page '../330.3-KVM/page.md'"),
    "link to a folder": ("[x](../330.3-kvm/)", "build", "unrecognized relative link '../330.3-kvm/'"),
    "link to the built file": ("[x](page.html)", "build", "link 'page.html', but the target|relative link 'page.html'"),
    "absolute link": ("[x](/gone/)", "build", "absolute link '/gone/'|link '/gone/', but"),
    "absolute file": ("[x](file:///etc/passwd)", "pages", r"faults.md:\d+: link 'file:///etc/passwd' is neither"),
    "unknown scheme": ("[x](htp://example.org/)", "pages", r"faults.md:\d+: link 'htp://example.org/' is neither"),
    "reference without definition": ("See [the text][nodef].", "pages", r"faults.md:\d+: no definition of \[nodef\]"),
    "short reference without definition": ("See [nodef2][].", "pages", r"faults.md:\d+: no definition of \[nodef2\]"),
    "footnote without text": ("So it is.[^7]", "pages", r"faults.md:\d+: no definition of \[\^7\]"),
    "id that stands twice": ("**a**{ #same } **b**{ #same }", "site", "id 'same' stands twice; rename one"),
    "link in raw SVG": ('<svg><a href="gone-svg/"></a></svg>', "lychee", "faults/gone-svg .*File not found"),
    "link in raw SVG (source)": ("<svg><a href='gone-svg/'></a></svg>", "pages", r"faults.md:\d+: raw HTML '<svg>'"),
    "link in an included file": ('--8<-- "330.3-kvm/demo/a.sh"', "build", "link 'gone-in-snippet.md', but the target"),
    "file that is not there": ('```bash title="330.3-kvm/demo/no.sh"\n--8<-- "330.3-kvm/demo/no.sh"\n```', "pages",
                               r"faults.md:\d+: no snippet '330.3-kvm/demo/no.sh'; correct"),
    "page in no navigation": ("", "build", "not included in the \"nav\" configuration:[^:]*330.3-kvm/orphan.md"),
    "navigation without its page": ("", "build", "reference to '330.3-kvm/no-file.md' is included in the 'nav'"),
    "page in the data": ("", "build", "'reference/glossary.md' contains .*'/?330.3-kvm/gone-data.md'"),
    "style sheet that is not there": ("", "lychee", "gone.css .*File not found"),
    "address that is gone": ("", "urls", "urls.yml:1: /old/ was published and is gone; say in .*moved.yml"),
    "address that is new": ("", "urls", "urls.yml:1: /330.3-kvm/orphan/ is not listed; run make urls"),
    "redirect to nowhere": ("", "urls", "moved.yml:1: /past/ leads to /gone/, which is no page"),
    "redirect to a missing anchor": ("", "lychee", "page#gone-part .*Cannot find fragment"),
    "redirect from a living page": ("", "urls", "moved.yml:1: /330.3-kvm/page/ is a page still"),
    "redirect from no page": ("", "urls", "moved.yml:1: /never/ was never published"),
    "two redirects from one page": ("", "urls", "moved.yml:1: /twice/ leads to two pages"),
}  # fmt: skip
NAV = """
nav:
  - Home: index.md
  - Faults: [330.3-kvm/page.md, 330.3-kvm/faults.md, 330.3-kvm/no-file.md, reference/glossary.md]
"""
GLOSSARY = '- {term: a, meaning: "It has a meaning.", page: 330.3-kvm/gone-data.md}\n'
MOVED = """
- {from: /moved/, to: /330.3-kvm/page/}
- {from: /moved-part/, to: "/330.3-kvm/page/#gone-part"}
- {from: /past/, to: /gone/}
- {from: /330.3-kvm/page/, to: /}
- {from: /never/, to: /}
- {from: /twice/, to: /}
- {from: /twice/, to: /330.3-kvm/page/}
"""


def copy(root: Path) -> Path:
    """A guide of three pages that the real configuration builds."""
    small_guide(root)
    for folder in ("overrides", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs/assets", root / "docs/assets", symlinks=True)
    shutil.copy(ROOT / "package-lock.json", root)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    (root / "docs/index.md").write_text(PAGE.split("```")[0].replace("A page", "Home"))
    (root / "docs/reference").mkdir()
    (root / "docs/reference/glossary.md").write_text("# Glossary\n\n/// glossary\n///\n")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:")[0]
    (root / "mkdocs.yml").write_text(config.replace("guide.css]", "guide.css, gone.css]") + NAV)
    return root


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, str]:
    """What each check says about the guide with all faults."""
    root, site = copy(tmp_path_factory.mktemp("faults")), tmp_path_factory.mktemp("faults-site")
    lines = "\n\n".join(line for line, _, _ in FAULTS.values() if line and "no.sh" not in line)
    (root / "docs/330.3-kvm/faults.md").write_text(PAGE.replace("Text.", lines))
    (root / "docs/330.3-kvm/orphan.md").write_text(PAGE)
    (root / "snippets/330.3-kvm/demo/a.sh").write_text("See [it](gone-in-snippet.md).\n")
    (root / "docs/_data/glossary.yml").write_text(GLOSSARY)
    urls.note(root)
    noted = root / "docs/_data/urls.yml"
    more = "".join(f"- {address}\n" for address in ("/old/", "/moved/", "/moved-part/", "/past/", "/twice/"))
    noted.write_text(noted.read_text().replace("- /330.3-kvm/orphan/\n", "") + more)
    (root / "docs/_data/moved.yml").write_text(MOVED)
    done = build(root, site)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    found = lychee(site)
    text = (root / "docs/330.3-kvm/faults.md").read_text()
    missing = next(line for line, _, _ in FAULTS.values() if "no.sh" in line)  # the build would stop there
    (root / "docs/330.3-kvm/faults.md").write_text(text + "\n" + missing + "\n")
    return {
        "build": done.stderr,
        "lychee": found.stdout + found.stderr,
        "pages": "\n".join(pages.problems(root)),
        "urls": "\n".join(urls.problems(root)),
        "site": "\n".join(markup.in_site(site)),
        "moved": (site / "moved/index.html").read_text(),
    }


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_dead_link_is_named(said, kind):
    _, finder, words = FAULTS[kind]
    assert re.search(words, said[finder]), said[finder][-6000:]


def test_an_old_address_leads_on(said):
    assert '<meta http-equiv="refresh" content="0; url=../330.3-kvm/page/">' in said["moved"]
    assert '<a href="../330.3-kvm/page/">' in said["moved"]
    assert "/moved/index.html" not in said["lychee"]


def test_the_list_of_addresses_is_right():
    none(urls.problems())


def test_nothing_left_the_list_of_addresses():
    old = subprocess.run(["git", "show", "HEAD:docs/_data/urls.yml"], cwd=ROOT, capture_output=True, text=True).stdout
    gone = set(re.findall(r"^- .*", old, re.M)) - set((ROOT / "docs/_data/urls.yml").read_text().splitlines())
    assert not gone, f"docs/_data/urls.yml:1: {gone} was taken from the list; put it back"
