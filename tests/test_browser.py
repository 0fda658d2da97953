"""The site as a person sees it, in headless Chromium on loopback."""

from pathlib import Path

import pytest

from overrides.blocks import draw, model
from overrides.blocks.model import ROOT
from tests.conftest import none
from tests.transcripts import choice

pytestmark = pytest.mark.browser
SMALLEST = 0.6  # of its natural size: below, the words of a diagram are too small to read on a desktop
AXE = ROOT / "node_modules/axe-core/axe.min.js"
# What axe judges: WCAG 2.2 to its highest level (contrast of 7:1) and its best practices.
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390, 320)]
ADDRESSES = sorted("/" + p.path.removesuffix("index.md").replace(".md", "/") for p in model.pages())
PAGES = ["/"] + [f"/{o.slug}/" for o in model.objectives()] + ["/reference/coverage/", "/reference/commands/virsh/"]


@pytest.fixture
def visit(browser, address):
    """Open a path; afterwards no request may have left the site and no script may have failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    outside, errors = [], []
    context.on("request", lambda r: r.url.startswith((address, "data:", "blob:")) or outside.append(r.url))
    page = context.new_page()
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("console", lambda m: m.type == "error" and errors.append(m.text))

    def go(path: str, width: int = 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + path, wait_until="networkidle")
        return page

    yield go
    context.close()
    assert not outside, f"requests to other machines: {outside}"
    assert not errors, errors


@pytest.fixture
def axe(browser, address):
    """Judge a page in each view; return one line for each fault."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()

    def judge(path: str, views: list[tuple[str, int]]) -> list[str]:
        page.goto(path if "://" in path else address + path, wait_until="networkidle")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults = []
        for scheme, width in views:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(50)
            found = page.evaluate("rules => axe.run({resultTypes: ['violations'], runOnly: rules})", RULES)
            for violation in found["violations"]:
                where = ", ".join(str(node["target"][-1]) for node in violation["nodes"][:3])
                faults.append(f"{path} {scheme} {width} px: {violation['id']}: {violation['help']}: {where}")
        return faults

    yield judge
    context.close()


def diagrams() -> list[str]:
    """The pages that hold a diagram, as site paths."""
    return sorted({"/" + str(path.relative_to(ROOT / "docs")).removesuffix("index.md").replace(".md", "/")
                   for path, _, _ in draw.sources()})  # fmt: skip


def test_every_diagram_is_drawn_into_its_page(site, record_property):
    drawn = 0
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'class="mermaid"' not in text, f"{page}: a diagram is left to the reader's browser"
        drawn += text.count('<div class="diagram"')
    assert drawn == len(list(draw.sources()))
    assert not (site / "assets/javascripts/mermaid.min.js").exists()
    record_property("summary", f"diagrams drawn: {drawn}")


@pytest.mark.parametrize(("line", "reason"), [("a --> [b", "Parse error"), ('a["<b>x</b>"]', "HTML in a label")])
def test_a_diagram_that_cannot_be_drawn_is_named(line, reason):
    wrong = (Path("docs/a.md"), 7, f"flowchart LR\n  accTitle: T\n  accDescr: D\n  {line}\n")
    with pytest.raises(draw.BadDiagram, match=rf"docs/a.md:7: diagram: .*{reason}.*; mend the fence"):
        list(draw.draw([wrong]))


def test_a_diagram_is_drawn_the_same_each_time():
    rounded = (Path("docs/a.md"), 7, "flowchart LR\n  accTitle: T\n  accDescr: D\n  a([one]) --> b(two) --> c{three}\n")
    once, again = (list(draw.draw([rounded])) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("path", diagrams())
def test_every_diagram_has_a_title_and_a_description_and_can_be_read(visit, path):
    faults = visit(path).evaluate(
        """(smallest) => [...document.querySelectorAll('.diagram svg')].flatMap((svg, n) => {
            const [title, text] = svg.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id));
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            const fault = [];
            if (!title?.textContent || !text?.textContent) fault.push('has no title or description');
            if (scale < smallest) fault.push(`is drawn at ${scale.toFixed(2)} of its size: make it narrower`);
            return fault.map(f => `diagram ${n + 1} (${title?.textContent}) ${f}`);
        })""",
        SMALLEST,
    )
    assert not faults, f"docs{path}: " + "; ".join(faults)


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_has_a_barrier(axe, path):
    faults = axe(path, VIEWS if choice.everything() else VIEWS[::5])
    none(faults)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<p style="color:#999">pale</p>', "color-contrast"),
        ('<img src="a.png">', "image-alt"),
        ('<button></button>', "button-name"),
        ('<nav>a</nav><nav>b</nav>', "landmark-unique"),
    ],
)  # fmt: skip
def test_a_barrier_is_found(axe, tmp_path, body, rule):
    page = tmp_path / "a.html"
    page.write_text(f'<!DOCTYPE html><html lang="en"><title>a</title><main><h1>a</h1>{body}</main></html>')
    assert any(rule in fault for fault in axe(page.as_uri(), VIEWS[:1]))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_screen(visit, path, width):
    page = visit(path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("xl.cfg", "330.2-xen"),
        ("qemu-img", "330.3-kvm"),
        ("net-define", "330.5-libvirt"),
        ("xenstore-ls", "330.2-xen/xenstore"),
        ("vif.default.bridge", "330.2-xen"),
        ('Failed to get "write" lock', "330.3-kvm/trouble-images"),
        ("domain is a live virtual machine", "reference/errors"),
        ("cannot access storage file", "330.5-libvirt/troubleshooting"),
    ],
)
def test_search_finds_the_page(visit, words, path):
    page = visit("/")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially(words)
    page.wait_for_function(
        "path => [...document.querySelectorAll('.md-search-result__link')].some(a => a.href.includes(path))",
        arg=path, timeout=10_000,
    )  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_load_only_what_it_names(visit, path):
    policy = visit(path).locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_a_page_opened_as_a_file_asks_nobody(browser, site):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))
    page.goto((site / "330.2-xen/xl/index.html").as_uri(), wait_until="networkidle")
    assert page.locator(".md-header").evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert not asked
    page.close()


def test_the_policy_stops_a_script(browser, site, tmp_path):
    text = (site / "index.html").read_text(encoding="utf-8").replace("</body>", "<script>bad = 1</script></body>")
    (tmp_path / "index.html").write_text(text)
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate("typeof bad") == "undefined"
    page.close()


def test_the_keyboard_reaches_everything_and_is_never_trapped(visit):
    page = visit("/330.2-xen/xl/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    seen, steps = set(), 400
    for _ in range(steps):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                if (e === document.body) return '';
                window.ids ??= new Map(); ids.has(e) || ids.set(e, ids.size);
                const seen = s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.matches('input');
                return `${ids.get(e)} ${e.tagName}.${e.className}${seen ? '' : ' no focus to be seen'}`; }"""
        )
        if not name:
            break
        assert "no focus" not in name, name
        assert name not in seen, f"the keyboard is trapped at {name}"
        seen.add(name)
    assert len(seen) > 50


def test_the_copy_button_copies_the_commands(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/330.2-xen/xl/", wait_until="networkidle")
    block = page.locator(".highlight", has=page.locator(".filename", has_text="lab-life/20-pause.console"))
    block.hover()
    block.locator("button[data-md-type=copy]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == [
        "xl pause web01",
        "xl list web01",
        "xl unpause web01",
        "xl domid web01",
        "xl domname 1",
    ]
    context.close()


def test_the_search_index_waits_for_a_reader(visit):
    asked = []
    page = visit("/")
    page.on("request", lambda request: asked.append(request.url))
    assert not page.evaluate("performance.getEntriesByType('resource').some(e => e.name.includes('search_index'))")
    page.locator(".md-search__input").click()
    page.wait_for_timeout(1000)
    assert any("search_index" in url for url in asked)


def test_ticks_on_the_terms_are_kept(visit):
    page = visit("/330.2-xen/")
    page.locator(".facts-objective input").first.check()
    page.reload()
    assert page.locator(".facts-objective input").first.is_checked()


def test_the_guide_reads_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/330.1-concepts/kinds/")
    assert page.locator("main h1").inner_text()
    assert page.locator(".diagram svg title").first.text_content()
    context.close()
