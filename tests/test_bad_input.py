"""Bad input gets one clear line with file, line, reason and what to do; nothing is overwritten.

Each test damages a copy of a small tree and asks the check that a contributor would run.
"""

import re
import shutil
from pathlib import Path

import pytest

from overrides.blocks import model, safe_yaml
from overrides.blocks.model import ROOT, BadData
from tests import pages, validators

PAGE = """---
title: A page
description: About something.
objectives: ["330.3"]
terms: []
minutes: 3
level: core
---

# A page

Text.

```bash title="330.3-kvm/demo/a.sh"
--8<-- "330.3-kvm/demo/a.sh"
```
"""
CASE = 'title = "t"\nobjectives = ["330.3"]\n'


def small_guide(root: Path) -> Path:
    """A small guide below `root`: one page that shows one file of one case."""
    shutil.copytree(ROOT / "docs/_data", root / "docs/_data")
    (root / "docs/330.3-kvm").mkdir()
    (root / "snippets/330.3-kvm/demo").mkdir(parents=True)
    (root / "docs/330.3-kvm/page.md").write_text(PAGE)
    (root / "snippets/330.3-kvm/demo/a.sh").write_text("# --8<-- [start:one]\necho\n# --8<-- [end:one]\n")
    (root / "snippets/330.3-kvm/demo/case.toml").write_text(CASE)
    return root


@pytest.fixture
def tree(tmp_path) -> Path:
    """The small guide, to be damaged."""
    return small_guide(tmp_path)


def found(tree: Path) -> str:
    """The problems of the small tree, without those that only a full guide can avoid."""
    return "\n".join(p for p in pages.problems(tree) if "no page teaches" not in p)


def test_the_small_tree_is_good(tree):
    assert found(tree) == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"330.3-kvm/demo/a.sh"\n```', '"330.3-kvm/demo/gone.sh"\n```', r"page.md:15: no snippet .*gone.sh.*; correct"),
        ('-- "330.3-kvm/demo/a.sh"', '-- "330.3-kvm/demo/a.sh:two"', r"page.md:15: .* no section 'two'; add"),
        ('-- "330.3-kvm/demo/a.sh"', '-- "../../etc/passwd"', r"page.md:15: .* outside snippets/; use"),
        ('["330.3"]', '["330.9"]', r"page.md:4: unknown objective number '330.9'; see"),
        ("terms: []", "terms: [qemuimg]", r"page.md:5: 'qemuimg' is no listed term; spell"),
        ("level: core", "level: easy", r"page.md:7: level is core or deeper"),
        ("minutes: 3", "minutes: few", r"page.md:1: front matter needs minutes: .*; add"),
        ("title: A page", "title: A\ntitle: B", r"page.md:3: key 'title' stands twice; keep one"),
        ("Text.", "TO" + "DO: write", r"page.md:12: unfinished words .*; finish"),
        ("Text.", "See [it](gone.md#part).", r"page.md:12: no page 'gone.md'; correct the link"),
        ("Text.", "## Empty\n\n## Next", r"page.md:12: heading without text below it; write"),
        ("Text.", "```console\nroot@kvm1:~# ls\n```", r"page.md:12: code is typed in the page; put"),
        ("Text.", "``` { .text .synopsis }\nroot@kvm1:~# ls\n```", r"page.md:12: prompt in a synopsis"),
        ("Text.", "```mermaid\nflowchart LR\n a --> b\n```", r"page.md:12: diagram without accTitle:; say"),
        ("Text.", "```bash\nnever closed", r"page.md:\d+: code fence is never closed|typed in the page"),
        ('title="330.3-kvm/demo/a.sh"', 'title="a.sh"', r'page.md:14: title must be .*; write title="330.3-kvm'),
    ],
)
def test_a_damaged_page_is_named_with_its_line(tree, old, new, message):
    page = tree / "docs/330.3-kvm/page.md"
    assert old in PAGE
    page.write_text(PAGE.replace(old, new, 1))
    assert re.search(message, found(tree)), found(tree)


def test_a_page_that_is_not_utf8_is_named(tree):
    (tree / "docs/330.3-kvm/page.md").write_bytes(PAGE.encode() + "\nfaçade\n".encode("latin-1"))
    assert re.search(r"page.md:18: byte 0xe7 is not UTF-8; save", found(tree))


def test_a_symbolic_link_in_docs_is_named(tree):
    (tree / "docs/330.3-kvm/link.md").symlink_to("/etc/passwd")
    assert re.search(r"link.md:1: is a symbolic link; put", found(tree))


def test_a_case_that_no_page_shows_is_named(tree):
    (tree / "docs/330.3-kvm/page.md").write_text(PAGE.split("```bash")[0])
    assert re.search(r"snippets/330.3-kvm/demo:1: no page shows this case; include", found(tree))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", r"case.toml:1: .*; correct the TOML"),
        ('title = "t"\n', r"case.toml:1: no objectives; add"),
        ('objectives = ["330.3"]\n', r"case.toml:1: no title; add"),
        ('title = "t"\nobjectives = ["331.1"]\n', r"case.toml:2: unknown objective '331.1'; see"),
        (CASE + "colour = 1\n", r"case.toml:3: unknown key 'colour'; correct it to one of"),
        (CASE + '[refused."b.sh"]\nreason = "r"\nsays = "s"\n', r"case.toml:3: refused file 'b.sh' does not exist"),
        (CASE + '[keys]\n"cat" = ["x"]\n', r"case.toml:4: keys must be a list of pairs"),
        (CASE + 'runs_on = "history"\n', r"case.toml:3: a case that can't run needs reason"),
    ],
)
def test_a_malformed_case_is_named_with_its_line(tree, text, message):
    folder = tree / "snippets/330.3-kvm/demo"
    (folder / "case.toml").write_text(text)
    with pytest.raises(BadData, match=message):
        model.read_case(folder)


def test_a_case_with_a_session_but_no_place_is_named(tree):
    folder = tree / "snippets/330.3-kvm/demo"
    (folder / "10-a.console").write_text("root@kvm1:~# true\n")
    with pytest.raises(BadData, match="runs_on must be one of tool, checkout, kvm-lab"):
        model.read_case(folder)


def test_only_a_case_about_the_guide_itself_runs_outside_the_walls(tree):
    folder = tree / "snippets/330.3-kvm/demo"
    (folder / "10-a.console").write_text("student@laptop:~$ true\n")
    (folder / "case.toml").write_text(CASE + 'runs_on = "checkout"\n')
    with pytest.raises(BadData, match=r'case.toml:3: runs_on = "checkout" is for snippets/contributing/ alone'):
        model.read_case(folder)
    own = folder.parent.with_name("contributing")
    folder.parent.rename(own)
    assert model.read_case(own / "demo").spec["runs_on"] == "checkout"


def test_an_invalid_file_without_its_reason_is_named(tree):
    folder = tree / "snippets/330.3-kvm/demo"
    (folder / "b-invalid.sh").write_text("if\n")
    with pytest.raises(BadData, match=r"b-invalid.sh needs \[refused"):
        model.read_case(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", r"x.yml:2: key 'a' stands twice; keep one"),
        ("a: &x [1]\nb: *x\n", r"x.yml:2: alias found; write the value out"),
        ("a: [1\n", r"x.yml:\d+: .*; correct the YAML"),
        ("a: !!python/object:os.system x\n", r"x.yml:1: .*; correct the YAML"),
    ],
)
def test_doubtful_yaml_is_refused(tmp_path, text, message):
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(BadData, match=message):
        safe_yaml.load(tmp_path / "x.yml")


def test_data_that_breaks_its_schema_is_named(tree):
    (tree / "docs/_data/glossary.yml").write_text("- {term: a, meaning: too short}\n")
    assert re.search(r"glossary.yml:1: .*'page' is a required property; correct", found(tree))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.foo", b"x", r"no validator for \*\.foo: add one in tests/validators"),
        ("a.net.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><network/>', "DOCTYPE is refused"),
        ("a.net.xml", b"<network><name>caf\xe9</name></network>", "byte 0xe9 is not UTF-8"),
        ("a.sh", b"echo \0\n", "NUL byte"),
        ("a.sh", b"echo\r\n", "carriage return"),
        ("a.sh", b"#" * 300_000, "larger than"),
        ("a.sh", b"\n", "is empty"),
        ("a.sh", b"true\n<<<<<<< HEAD\n", "marker of a merge"),
        ("a.sh", b"\xef\xbb\xbftrue\n", "byte order mark"),
        ("a.sh", b"echo\xc2\xa0hello\n", "invisible character"),
        ("a.sh", "echo \u201chello\u201d\n".encode(), "typographic quotation mark"),
    ],
)
def test_a_hostile_file_is_refused_before_any_parser_sees_it(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    assert re.search(message, validators.check(tmp_path / name)[0].reason)


def test_a_symbolic_link_in_a_case_is_refused(tmp_path):
    (tmp_path / "a.sh").symlink_to("/etc/passwd")
    assert "symbolic link" in validators.check(tmp_path / "a.sh")[0].reason
