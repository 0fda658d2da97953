"""The zip: unpacked and opened from the disk, without a network, it is the site."""

import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from overrides.blocks.model import ROOT
from overrides.export import offline, package
from tests.test_browser import PAGES
from tests.test_site import LYCHEE

pytestmark = pytest.mark.export
QUERIES = [
    "xl create", "xl.cfg", "xl list", "xenstore-ls", "Dom0", "vif.default.bridge", "pvh", "credit scheduler",
    "qemu-img convert", "backing file", 'Failed to get "write" lock', "nested", "cpu-passthrough", "virtio",
    "brctl addbr", "net-define", "virsh dumpxml", "nwfilter", "pool-define-as", "virt-install", "libvirtd.conf",
    "cannot access storage file", "domain is a live virtual machine", "unprivileged", "docker pull",
    "packer build", "vagrant up", "live migration", "openstack server create", "hypercall", "305-300", "zzzqqq",
]  # fmt: skip
RESULTS = "[...document.querySelectorAll('.md-search-result__link')].map(a => a.href)"
TOLD = "document.querySelector('.md-search-result__meta').textContent.trim()"


@pytest.fixture(scope="session")
def unpacked(site, tmp_path_factory) -> Path:
    """The zip as a reader unpacks it."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(offline.write(site, folder / "guide.zip")) as archive:
        archive.extractall(folder)
    return folder / offline.TOP


def watched(context) -> list[str]:
    """What goes wrong in `context` from now on: requests that fail or leave the disk, errors of scripts and policy."""
    faults = []
    context.on("request", lambda r: r.url.startswith(("file:", "data:")) or faults.append(f"asked for {r.url}"))
    # What the reader's next click cancels is no failure.
    context.on("requestfailed", lambda r: r.failure == "net::ERR_ABORTED" or faults.append(f"{r.failure}: {r.url}"))
    context.on("console", lambda m: m.type == "error" and faults.append(m.text))
    context.on("weberror", lambda e: faults.append(str(e.error)))
    return faults


@pytest.fixture
def reader(browser, unpacked):
    """A page without a network; afterwards nothing may have failed, and nothing but files may have been asked for."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    faults, page = watched(context), context.new_page()
    page.goto((unpacked / "index.html").as_uri(), wait_until="load")
    yield page
    context.close()
    assert not faults, faults


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ('<link rel="stylesheet" href="gone.css">', "ERR_FILE_NOT_FOUND.*gone.css"),
        ('<img src="http://192.0.2.1/a.png">', "asked for http://192.0.2.1/a.png"),
        ("<script>nowhere()</script>", "nowhere is not defined"),
        (
            '<meta http-equiv="Content-Security-Policy" content="img-src \'none\'"><img src="a.png">',
            "violates the follow",
        ),
    ],
)
def test_a_page_that_is_not_whole_is_noticed(browser, tmp_path, fault, words):
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><html><head>{fault}</head></html>")
    context = browser.new_context(offline=True)
    faults, page = watched(context), context.new_page()
    page.goto((tmp_path / "a.html").as_uri(), wait_until="load")
    page.wait_for_timeout(50)
    context.close()
    assert re.search(words, "\n".join(faults)), faults


def search(page, words: str) -> list[str]:
    """What the search field lists for `words`, as addresses below the guide's folder, spelt as on a server."""
    field = page.locator(".md-search__input")
    for text, told in (("", "Type to start"), (words, "matching doc")):
        field.fill(text)
        field.dispatch_event("keyup")  # what the theme listens to
        page.wait_for_function(f"told => {TOLD}.includes(told)", arg=told, timeout=20_000)
    page.wait_for_timeout(50)
    base = page.evaluate("new URL('./', location).href")  # both pages are home
    return [re.sub(r"index\.html|\?h=[^#]*", "", link).removeprefix(base) for link in page.evaluate(RESULTS)]


@pytest.mark.browser
def test_a_search_on_the_disk_finds_what_a_search_on_the_server_finds(browser, address, reader):
    online = browser.new_page()
    online.goto(f"{address}/")
    for page in (online, reader):
        page.locator(".md-search__input").click()
    expected = {words: search(online, words) for words in QUERIES}
    online.close()
    assert sum(map(bool, expected.values())) == len(QUERIES) - 1
    differ = [words for words in QUERIES if search(reader, words) != expected[words]]
    assert not differ, differ


@pytest.mark.browser
def test_a_result_of_the_search_opens_its_page(reader):
    reader.locator(".md-search__input").click()
    reader.locator(".md-search__input").press_sequentially("xenstore-ls")
    reader.locator(".md-search-result__link").first.click()
    reader.wait_for_url(re.compile(r"/index\.html\?h="))
    assert "xenstore" in reader.locator("main h1").inner_text().lower()


@pytest.mark.browser
def test_links_lead_through_the_guide_on_the_disk(reader):
    for name in ("330.2 Xen", "330.5 libvirt", "Reference"):
        reader.locator(".md-tabs__link", has_text=name).click()
        reader.wait_for_load_state()
        assert reader.url.startswith("file:") and reader.url.endswith("/index.html")
        assert reader.locator("main h1").inner_text()
    reader.goto(reader.url.replace("reference/index.html", "330.2-xen/index.html"))
    seen = set()
    for _ in range(4):
        reader.locator(".md-footer__link--next").click()
        reader.wait_for_load_state()
        seen.add(reader.locator("main h1").inner_text())
    assert len(seen) == 4
    reader.go_back()
    assert reader.locator("main h1").inner_text() in seen


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_the_disk_is_whole(reader, unpacked, path):
    reader.goto((unpacked / path.strip("/") / "index.html").as_uri(), wait_until="load")
    assert reader.locator(".md-header").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(48, 63, 159)"


@pytest.mark.browser
def test_the_dark_palette_is_kept_from_page_to_page(reader):
    for scheme in ("default", "slate"):
        reader.locator("[data-md-component=palette] label:visible").click()
        reader.locator(f"body[data-md-color-scheme={scheme}]").wait_for()
    reader.locator(".md-tabs__link", has_text="330.3 KVM").click()
    reader.wait_for_load_state()
    assert reader.locator("body").get_attribute("data-md-color-scheme") == "slate"


@pytest.mark.browser
def test_the_copy_button_copies_on_the_disk(browser, unpacked):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], offline=True)
    page = context.new_page()
    page.goto((unpacked / "330.2-xen/xl/index.html").as_uri())
    block = page.locator(".highlight", has=page.locator(".filename", has_text="lab-life/20-pause.console"))
    block.hover()
    block.locator("button[data-md-type=copy]").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("xl pause web01\nxl list web01")
    context.close()


def lychee(folder: Path) -> subprocess.CompletedProcess:
    """Check all links below `folder` as a disk would answer: nothing completes the address of a folder."""
    options = ["--offline", "--include-fragments", "--no-progress", "--index-files", ""]
    return subprocess.run([LYCHEE, *options, f"{folder}/**/*.html"], capture_output=True, text=True)


def test_every_link_in_the_zip_leads_to_a_file(unpacked):
    done = lychee(unpacked)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_a_link_that_only_a_server_completes_is_found(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("index.html", "a/index.html"):
        (tmp_path / name).write_text('<html><body><a href="a/">x</a></body></html>')
    assert lychee(tmp_path).returncode


def test_the_zip_is_small_and_the_same_each_time(site, tmp_path, record_property):
    made = [offline.write(site, tmp_path / name).read_bytes() for name in ("a.zip", "b.zip")]
    assert made[0] == made[1]
    assert len(made[0]) < 4_000_000
    record_property("summary", f"zip of the site: {len(made[0]) / 1e6:.2f} MB")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        entries = archive.infolist()
    assert entries == sorted(entries, key=lambda e: e.filename) and not any(".." in e.filename for e in entries)
    assert {(e.external_attr >> 16, e.create_system) for e in entries} == {(0o100644, 3)}
    assert len({e.date_time for e in entries}) == 1


FILES = {"index.html", "a/index.html", "a/b.png"}
FOLDERS = {"", "a"}


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("./", "./index.html"), (".", "./index.html"), ("..", "../index.html"), ("../a/#x", "../a/index.html#x"),
        ("../?q=a&amp;b", "../index.html?q=a&amp;b"), ("b.png", "b.png"), ("#x", "#x"), ("https://a/", "https://a/"),
    ],
)  # fmt: skip
def test_a_link_to_a_folder_is_written_out(link, there):
    assert offline.written_out(f'<a class="c" href="{link}">', "a/index.html", FILES, FOLDERS) == (
        f'<a class="c" href="{there}">'
    )


def test_words_that_look_like_a_link_are_left_alone():
    text = '<p>href="gone/" and <code>&lt;a href="gone/"></code></p>'
    assert offline.written_out(text, "a/index.html", FILES, FOLDERS) == text


def test_a_link_to_nowhere_names_the_page():
    with pytest.raises(package.BadExport, match=r"a/index.html: link '../gone/' leads to no file .*; correct it or"):
        offline.written_out('<a href="../gone/">', "a/index.html", FILES, FOLDERS)


def test_a_site_that_is_not_built_is_named(tmp_path):
    with pytest.raises(package.BadExport, match="no assets/.*; build the site with make site"):
        offline.write(tmp_path, tmp_path / "dist/a.zip")
    assert not (tmp_path / "dist").exists()


def test_a_site_whose_diagrams_are_not_drawn_is_named(tmp_path):
    for name in ("index.html", offline.START, offline.INDEX, offline.MERMAID):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(package.BadExport, match="diagrams are not drawn; get Chromium with make setup-test"):
        offline.write(tmp_path, tmp_path / "a.zip")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_an_interrupted_export_leaves_the_old_file_and_no_half_one(tmp_path, monkeypatch, stop):
    (tmp_path / "a.zip").write_text("old")

    def fail(*_, **__):
        raise stop

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(stop):
        package.write_zip(tmp_path / "a.zip", {"x": b"x"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert (tmp_path / "a.zip").read_text() == "old"


SLOW = """
import sys, time
from pathlib import Path
from overrides.export import package
def work():
    with package.whole(Path(sys.argv[1])) as part:
        part.write_text("half")
        print("begun", flush=True)
        time.sleep(60)
package.make(work)
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("around", [[], ["env", "--ignore-signal=INT"]], ids=["in front", "in the background"])
def test_a_stopped_export_says_so_and_leaves_nothing(tmp_path, stop, around):
    command = [*around, sys.executable, "-c", SLOW, tmp_path / "a.zip"]
    with subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=-1, text=True) as export:
        assert export.stdout.readline() == "begun\n"
        export.send_signal(stop)
        said = export.communicate(timeout=30)[1]
    assert export.returncode and said == "stopped; nothing was written\n"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "dist").write_text("a file")
    with pytest.raises(SystemExit, match="^.*dist.*: File exists; nothing was written"):
        package.make(lambda: package.write_zip(tmp_path / "dist/a.zip", {"x": b"x"}))


def test_a_time_that_is_no_number_is_named(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "now")
    with pytest.raises(package.BadExport, match="SOURCE_DATE_EPOCH is 'now'; set"):
        package.epoch()
