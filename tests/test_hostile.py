"""What a hostile pull request may bring is refused with its reason, in bounded time and memory.

Nothing of it leaks what the machine knows or changes the machine. Damaged, not hostile, input: test_bad_input.py.
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from overrides.blocks import model
from overrides.blocks.model import ROOT
from tests import markup
from tests.test_bad_input import CASE, PAGE, small_guide
from tests.transcripts import masks, receipt

SECRET = "xyzzy-planted-secret"  # noqa: S105 - in the environment and the home of what judges
SECONDS, BYTES = 240, 3 << 30  # for all the static checks together
NET = "<network><name>{}</name></network>\n"
LAUGHS = "".join(f"<!ENTITY a{n} '" + f"&a{n - 1};" * 9 + "'>" for n in range(1, 10))
LAUGHS = f"<!DOCTYPE l [<!ENTITY a0 'ha'>{LAUGHS}]>"
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
SERVICES = 'services: {web: {image: "a"}}\n'
DEEP = 20_000
REFUSED = CASE + '[refused."a-invalid.sh"]\nreason = "r"\nsays = "{}"\n'


def link(target: str):
    """A symbolic link in place of the file."""
    return lambda path: path.symlink_to(target)


# Files of a case: name -> (content, words of the refusal).
FILES = {
    "entity-inside.net.xml": ("<!DOCTYPE n [<!ENTITY e 'x'>]>" + NET.format("&e;"), ":1: DOCTYPE is refused"),
    "entity-outside.net.xml": ("<!doctype n [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + NET.format("&e;"), "DOCTYPE"),
    "entity-parameter.net.xml": ("<!DOCTYPE n [<!ENTITY % p SYSTEM 'http://192.0.2.1/'> %p;]>" + NET, "DOCTYPE"),
    "laughs.net.xml": (LAUGHS + NET.format("&a9;"), ":1: DOCTYPE is refused .*; remove it"),
    "entity-utf16.net.xml": (LAUGHS.encode("utf-16"), "byte 0xff is not UTF-8; save"),
    "entity-utf16le.net.xml": (LAUGHS.encode("utf-16-le"), "NUL byte; remove it"),
    "entity-utf7.net.xml": ('<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-', "not well-formed"),
    "program.domain.xml": (f"<domain type='qemu'>\n<emulator>{ROOT}/evil.sh</emulator></domain>\n",
                           ":2: emulator .*evil.sh' would be run; name one below /usr/bin"),
    "xinclude.net.xml": ('<network xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd"/></network>',
                         ":1: .*include"),
    "deep.net.xml": ("\n".join(["<network>"] * (DEEP // 2)), "not well-formed: Excessive depth"),
    "bomb.compose.yaml": (BOMB, ":2: alias found; write the value out"),
    "tag.compose.yaml": ("a: !!python/object/apply:os.system [id]\n", ":1: could not determine a constructor"),
    "twice.compose.yaml": (SERVICES + SERVICES, ":2: key 'services' stands twice; keep one"),
    "deep.compose.yaml": ("[\n" * DEEP, r":5\d: nested deeper than"),
    "odd-key.compose.yaml": ("? [a]\n: 1\n", ":1: a key must be one word"),
    "bad-day.compose.yaml": ("a: 2026-02-31\n", "day is out of range.*; correct the YAML"),
    "deep.daemon.json": ("[\n" * DEEP, "nested too deep; flatten it"),
    "twice.daemon.json": ('{"debug": true, "debug": false}', "key 'debug' stands twice; keep one"),
    "bom.sh": (b"\xef\xbb\xbfecho\n", ":1: byte order mark"),
    "latin1.sh": (b"echo\n# caf\xe9\n", ":2: byte 0xe9 is not UTF-8"),
    "nul.sh": (b"echo\0\n", ":1: NUL byte"),
    "trojan.sh": ("echo\n# \u202e ;fr- mr\u2066\n", ":2: bidirectional control character .*; remove it"),
    "invisible.sh": ("echo a\u200bb\n", ":1: invisible character"),
    "escape.sh": ("echo \x1b[2K\n", ":1: control character"),
    "long-line.sh": ("echo\necho " + "a" * 5000 + "\n", ":2: line longer than 1000 characters"),
    "huge.sh": (lambda path: (path.touch(), os.truncate(path, 10 << 30)), ":1: larger than 200000 bytes"),
    "link.sh": (link("/etc/shadow"), ":1: is a symbolic link; put the file itself here"),
    "dangling.sh": (link("/nowhere"), ":1: is a symbolic link"),
    "fifo.sh": (os.mkfifo, ":1: is no ordinary file"),
    "folder.sh": (Path.mkdir, ":1: is no ordinary file"),
    "-rf.sh": ("echo\n", "odd file name '-rf.sh'; use letters"),
    "new\nline.sh": ("echo\n", "odd file name"),
    "unknown.foo": ("x\n", r"no validator for \*.foo: add one in tests/validators"),
    "good-invalid.sh": ("echo\n", "accepted"),
    "wrong.sh": ("if\n", "syntax error"),
    "steals.Vagrantfile": (f"raise ENV.to_h.to_s + Dir.glob('{ROOT}/*').to_s + `id`\n", "Message: RuntimeError: .*"),
    "writes.Vagrantfile": (f"File.write('{ROOT}/hostile', 'x')\n", "No such file or directory"),
    "quits.Vagrantfile": ("exit! 0\n", "no reason given"),
    "steals.qemu.sh": (f'echo "${{GUIDE_SECRET-}}" >&2\nmount -o remount,bind,rw /\necho x > {ROOT}/hostile\n',
                      "hostile: (?:No such file|Read-only)"),
}  # fmt: skip

# Lines of a page, in place of its text on line 12.
PAGES = {
    "script": ("<script>alert(1)</script>", ":12: raw HTML '<script>'; write Markdown"),
    "iframe": ("a <iframe src=//192.0.2.1></iframe>", ":12: raw HTML"),
    "onerror": ("<img src=x onerror=alert(1)>", ":12: raw HTML '<img"),
    "unclosed": ("a <img src=x onerror=alert(1) ", ":12: raw HTML '<img|:12: .*not"),
    "escaped-tick": ("\\`<b onclick=alert(1)>\\`", ":12: raw HTML '<b"),
    "refresh": ('<meta http-equiv="refresh" content="0;url=//192.0.2.1">', ":12: raw HTML '<meta"),
    "style": ("<style>body{display:none}</style>", ":12: raw HTML '<style>'"),
    "comment": ("<!-- -->", ":12: raw HTML '<!--"),
    "table": ("| a |\n|---|\n| <i onmouseover=alert(1)>x</i> |", ":14: raw HTML '<i"),
    "javascript": ("[x](javascript:alert(1))", ":12: link 'javascript:alert.*' is neither"),
    "javascript-hidden": ("[x](java&#115;cript:alert(1))", ":12: link .* is neither"),
    "javascript-reference": ("[x][y]\n\n[y]: JavaScript:alert(1)", ":14: link 'JavaScript:"),
    "data-url": ("[x](data:text/html;base64,PHNjcmlwdD4=)", ":12: link 'data:text"),
    "image-outside": ("![x](https://192.0.2.1/a.png)", ":12: image from outside"),
    "image-no-scheme": ("![x](//192.0.2.1/a.png)", ":12: image from outside"),
    "attribute": ("**x**{ onclick=alert(1) }", ":12: attribute 'onclick' on an element"),
    "include-up": ('```bash title="a"\n--8<-- "../../etc/passwd"\n```', ":13: .* outside snippets/; use a path below"),
    "include-absolute": ('```bash title="a"\n--8<-- "/etc/passwd"\n```', ":13: .* outside snippets/"),
    "include-url": ('```bash title="a"\n--8<-- "https://192.0.2.1/a.sh"\n```', ":12: code is typed in the page"),
    "include-bare": ('--8<-- "330.3-kvm/demo/a.sh"', ":12: an include outside a code block"),
    "include-block": ("--8<--\n../../etc/passwd\n--8<--", ":12: an include of an unknown shape"),
    "diagram": ("```mermaid\nflowchart LR\n a --> b\n click a \"data:,x\"\n```", ":15: 'click' in a diagram"),
    "program": ("```py\nimport os\n```", ":13: import of 'os' in an example"),
    "program-hidden": ("```py\nx = ().__class__\n```", ":13: '__class__' in an example"),
    "program-file": ("```py\nopen('/etc/shadow')\n```", ":13: 'open' in an example"),
    "program-calls-out": ("```py\nimport libvirt\nlibvirt.open('qemu+ext:///?command=x')\n```", ":14: a connection to"),
    "trojan-page": ("a \u202e b", ":12: bidirectional control"),
    "long-page-line": ("a" * 5000, ":12: line longer than"),
    "prompt-host": ("```console\nroot@kvm1:~# id\n```", ":12: code is typed in the page"),
}  # fmt: skip

# Anything else below the root: path -> (content, words).
OTHERS = {
    "docs/evil.html": ("<script>alert(1)</script>", ":1: a file of kind '.html' is not published"),
    "docs/assets/evil.svg": ("<svg xmlns='http://www.w3.org/2000/svg'\nonload='alert(1)'/>", ":2: 'onload=' in a .svg"),
    "docs/assets/evil.css": ("@import '//192.0.2.1/a.css';", ":1: '@import' in a .css file"),
    "docs/330.3-kvm/linked.md": (link("/etc/passwd"), ":1: is a symbolic link"),
    "docs/linked": (link("/etc"), ":1: is a symbolic link"),
    "docs/330.3-kvm/title.md": (PAGE.replace("A page", "A <script>", 1), ":2: raw HTML '<script>'"),
    "docs/330.3-kvm/front.md": (PAGE.replace("minutes: 3", "minutes: " + "[" * 900), ":6: nested deeper than 50"),
    "docs/_data/glossary.yml": ('- term: a\n  meaning: "An <img src=x> of a kind."\n  page: 330.3-kvm/page.md\n',
                                ":2: raw HTML '<img"),
    "snippets/330.3-kvm/linked": (link("/etc"), ":1: is no folder"),
    "snippets/linked": (link("/etc"), ":1: is no folder"),
    "snippets/330.3-kvm/key/case.toml": (CASE + "colour = 1\n", ":3: unknown key 'colour'; correct it to one of"),
    "snippets/330.3-kvm/deep/case.toml": (CASE + f"masks = {'[' * DEEP}\n", "nested too deep|longer than"),
    "snippets/330.3-kvm/slow/case.toml": (CASE + "timeout = 99999999\n", ":3: timeout must be at most 600 seconds"),
    "snippets/330.3-kvm/up/case.toml": (CASE + 'services = ["../../evil"]\n', ":3: '../../evil' in services is no"),
    "snippets/330.3-kvm/option/case.toml": (CASE + 'needs = ["--admindir=/"]\n', ":3: .* in needs is no name"),
    "snippets/330.3-kvm/html/case.toml": (CASE.replace('"t"', '"<script>"'), ":1: raw HTML '<script>'"),
    "snippets/330.3-kvm/html-receipt/run.toml": ('[versions]\n"<script>" = "1"\n', ":2: raw HTML '<script>'"),
    "snippets/330.3-kvm/says/case.toml": (
        CASE + 'refused = {"a-invalid.sh" = {reason = "r", says = ""}}\n',
        ":3: a-invalid.sh needs .* with reason and says",
    ),
    "snippets/330.3-kvm/says/a-invalid.sh": ("if\n", "no page shows this case"),
    "snippets/330.3-kvm/unseen/case.toml": (CASE, "unseen:1: no page shows this case"),
}  # fmt: skip


def put(path: Path, content) -> None:
    """Write `content`, or let it make the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if callable(content):
        content(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def bounded(*argv: str | Path, cwd: Path = ROOT) -> str:
    """What a check prints, with limits on its time and memory and with a secret in its environment."""
    limits = ["prlimit", f"--as={BYTES}:", f"--cpu={SECONDS}:", "--"]
    environment = {**os.environ, "GUIDE_SECRET": SECRET}
    done = subprocess.run([*limits, sys.executable, *argv], cwd=cwd, env=environment, timeout=SECONDS, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    assert done.returncode == 1, done.stdout[-3000:]
    assert "Traceback" not in done.stdout, done.stdout[-3000:]
    return done.stdout


def fingerprint() -> str:
    """The state of this tree, of /etc and of the home."""
    status = subprocess.run(["git", "status", "--porcelain", "--ignored"], cwd=ROOT, capture_output=True, text=True)
    listed = [f"{p} {p.lstat().st_mtime_ns}" for f in (ROOT, ROOT / "tests", Path("/etc"), Path("/usr/share"),
              Path.home()) for p in sorted(f.iterdir()) if not p.name.startswith(".")]  # fmt: skip
    return hashlib.sha256("\n".join([status.stdout, *listed]).encode()).hexdigest()


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> str:
    """What the checks say about a guide that brings all static inputs, each with a file of its own."""
    root = small_guide(tmp_path_factory.mktemp("hostile"))
    judged = tmp_path_factory.mktemp("judged")
    for number, (name, (content, _)) in enumerate(FILES.items()):
        put(root / f"snippets/330.3-kvm/case-{number}" / name, content)
        put(root / f"snippets/330.3-kvm/case-{number}/case.toml", CASE)
        put(judged / str(number) / name, content)
    for name, (text, _) in PAGES.items():
        put(root / f"docs/330.3-kvm/{name}.md", PAGE.replace("Text.", text, 1))
    for name, (content, _) in OTHERS.items():
        (root / name).unlink(missing_ok=True)
        put(root / name, content)
        folder = (root / name).parent
        if folder.parent.parent.name == "snippets" and not (folder / "case.toml").exists():
            put(folder / "case.toml", CASE)
    before = fingerprint()
    pages = "import sys, pathlib; from tests import pages; f = list(pages.problems(pathlib.Path(sys.argv[1])))"
    text = bounded("-c", f"{pages}; print(*f, sep='\\n'); sys.exit(bool(f))", root)
    text += bounded("-m", "tests.validators", judged)
    assert fingerprint() == before
    assert SECRET not in text
    return text


@pytest.mark.parametrize("name", [*FILES, *PAGES, *OTHERS])
def test_what_a_hostile_pull_request_brings_is_refused_with_its_reason(said, name):
    words = {**FILES, **PAGES, **OTHERS}[name][1]
    file = f"docs/330.3-kvm/{name}.md" if name in PAGES else name
    lines = [line for line in said.splitlines() if file in line or file.rpartition("/")[0] + ":1: " in line]
    assert any(re.search(f"{words}", line) for line in lines), "\n".join(lines)


def sealed(body: str) -> str:
    """A receipt whose seal is right."""
    return f'{receipt.HEAD}seal = "{hashlib.sha256(body.encode()).hexdigest()}"\n{body}'


RECEIPTS = {
    "invented": (lambda text: 'date = 2026-01-01\nplace = "tool"\n', ":2: the receipt was edited by hand"),
    "edited": (lambda text: text.replace("commands = 1", "commands = 99"), ":2: .*its seal is broken"),
    "with a seal made up": (lambda text: text.replace('seal = "', 'seal = "0'), "seal is broken"),
    "sealed but empty": (lambda text: sealed('place = "tool"\n'), ":1: a receipt without commands, date, files"),
    "from another place": (lambda text: sealed(text.split("\n", 2)[2].replace('"tool"', '"kvm-lab"')),
                           ":1: ran in kvm-lab, but case.toml says tool"),
    "of other output": (None, "10-a.console:1: changed since the run"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_false_receipt_is_refused(tmp_path, name):
    edit, words = RECEIPTS[name]
    (tmp_path / "10-a.console").write_text("root@kvm1:~# echo one\none\n")
    case = model.Case("330.3-kvm/sample", tmp_path, {"title": "t", "runs_on": "tool"})
    receipt.write(case, 0.1, 1)
    assert not receipt.stale(case)
    if edit:
        (tmp_path / "run.toml").write_text(edit((tmp_path / "run.toml").read_text()))
    else:
        (tmp_path / "10-a.console").write_text("root@kvm1:~# echo one\ntwo\n")
    assert re.search(words + ".*; run make record CASE=", "\n".join(receipt.stale(case)))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"pattern": ".*", "hits": "x", "misses": "y", "reason": "r"}, "hides what it must show; narrow"),
        ({"pattern": "(?s).+", "hits": "x", "misses": " ", "reason": "r"}, "hides what it must show"),
        ({"pattern": r"\w+", "hits": "x", "misses": "-", "reason": "r"}, "hides what it must show"),
        ({"pattern": "[a-z]+:", "hits": "x:", "misses": "1", "reason": "r"}, "hides what it must show"),
        ({"pattern": "x"}, "has no hits and no misses and no reason; add it"),
        ({"pattern": "x", "hits": "x", "misses": "", "reason": "r"}, "has no misses; add it"),
        ({"pattern": "q9", "hits": "x", "misses": "y", "reason": "r"}, "does not hit its sample; correct"),
    ],
)
def test_a_mask_that_hides_too_much_is_refused(entry, words):
    assert re.search(words, "\n".join(masks.faults({"wide": entry})))


@pytest.mark.parametrize(
    "element",
    ["<script>x</script>", "<p onclick=x>", "<p style='x'>", "<iframe src=a>", "<a href='javascript:x'>",
     "<img src='//192.0.2.1/a.png'>", "<form action='/'>"],
)  # fmt: skip
def test_markup_that_reached_the_site_is_found(tmp_path, element):
    (tmp_path / "a.html").write_text(f"<html><body><article>\n{element}\n</article></body></html>")
    assert re.search(r"a.html:2: .*; write Markdown", "\n".join(markup.in_site(tmp_path)))
