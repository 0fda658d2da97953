"""The site as a person sees it, in headless Chromium on loopback."""

import functools
import http.server
import threading

import pytest
from playwright.sync_api import sync_playwright

from overrides.blocks import model

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SMALLEST = 0.6  # of its natural size: below, the words of a diagram are too small to read on a desktop
# Material hides each drawn diagram in a closed shadow root; open ones can be looked into.
OPEN_SHADOWS = """const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, {...options, mode: 'open'}); };"""
PAGES = ["/"] + [f"/{o.slug}/" for o in model.objectives()] + ["/reference/coverage/", "/reference/commands/virsh/"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    """The address of the built site on loopback."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, address):
    """Open a path; afterwards no request may have left the site and no script may have failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(OPEN_SHADOWS)
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


def diagrams() -> list[str]:
    """The pages that hold a mermaid diagram, as site paths."""
    found = [p.path for p in model.pages() if "```mermaid" in p.text]
    return ["/" + p.removesuffix("index.md").replace(".md", "/") for p in found]


@pytest.mark.parametrize("path", diagrams())
def test_every_diagram_draws_with_title_and_description_and_can_be_read(visit, path):
    page = visit(path)
    page.wait_for_function("!document.querySelector('pre.mermaid')", timeout=30_000)
    faults = page.evaluate(
        """(smallest) => [...document.querySelectorAll('div.mermaid')].flatMap((node, n) => {
            const svg = node.shadowRoot.querySelector('svg'), title = svg.querySelector('title');
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            const fault = [];
            if (/Syntax error/.test(svg.textContent)) fault.push('does not parse');
            if (!title || !svg.querySelector('desc')) fault.push('has no title or description');
            if (scale < smallest) fault.push(`is drawn at ${scale.toFixed(2)} of its size: make it narrower`);
            return fault.map(f => `diagram ${n + 1} (${title?.textContent}) ${f}`);
        })""",
        SMALLEST,
    )
    assert not faults, f"docs{path}: " + "; ".join(faults)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_screen(visit, path, width):
    page = visit(path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("words", "path"), [("xl.cfg", "330.2-xen"), ("qemu-img", "330.3-kvm"),
                                             ("net-define", "330.5-libvirt")])  # fmt: skip
def test_search_finds_the_page(visit, words, path):
    page = visit("/")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially(words)
    page.wait_for_selector(".md-search-result__link", timeout=10_000)
    links = page.eval_on_selector_all(".md-search-result__link", "all => all.map(a => a.href)")
    assert any(path in link for link in links), links


def test_the_guide_reads_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/330.1-concepts/kinds/")
    assert page.locator("main h1").inner_text()
    assert page.locator("pre.mermaid").first.inner_text().strip()
    context.close()
