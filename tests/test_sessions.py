"""Every recorded session still prints what its page shows; every receipt stands for its files."""

import re
import subprocess
import tempfile
from contextlib import closing

import pytest

from overrides.blocks import model
from tests.conftest import none
from tests.transcripts import choice, masks, receipt, runner
from tests.transcripts.checkout import Checkout
from tests.transcripts.masks import MASKS, mask
from tests.transcripts.sandbox import Sandbox
from tests.transcripts.session import BadSession, parse, strangers
from tests.transcripts.shell import LabError

CASES = [c for c in model.cases() if c.sessions]
IDS = [c.name for c in CASES]
CHOSEN = choice.chosen(CASES)


@pytest.mark.lab
@pytest.mark.parametrize("case", CHOSEN, ids=[c.name for c in CHOSEN])
def test_the_session_prints_what_the_page_shows(case, record_property):
    outcome = runner.run(case)
    record_property("session", [case.name, outcome.commands, outcome.seconds])
    if outcome.runs > 1:
        record_property("summary", f"{case.name}: run twice, a program died by a signal in the emulated lab")
    none(outcome.problems)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_receipt_stands_for_the_files(case):
    none(receipt.stale(case))


def test_a_run_takes_all_tool_cases_what_changed_and_a_tenth_of_the_rest():
    lab = [model.Case(f"330.2-xen/lab-{n}", None, {"runs_on": "xen-lab"}) for n in range(100)]
    for case in lab:
        case.__dict__["sessions"] = ["10-a.console"]
    tool = model.Case("330.3-kvm/a", None, {"runs_on": "tool"})
    tool.__dict__["sessions"] = ["10-a.console"]
    days = [choice.choose([tool, *lab], day, False, lambda c: c.name.endswith("-7")) for day in range(740000, 740010)]
    assert all(found["tool"] == [tool] and [c.name for c in found["changed"]] == ["330.2-xen/lab-7"] for found in days)
    seen = [case.name for found in days for case in found["tenth"]]
    assert sorted(seen) == sorted(c.name for c in lab if c.name != "330.2-xen/lab-7")
    assert max(len(found["tenth"]) for found in days) < 25
    assert choice.choose(lab, 740000, True, lambda c: False)["all"] == lab
    assert "of 100 lab cases: 1 changed since their receipts, " in choice.describe(days[0], 740000)


def test_case_toml_names_only_commands_of_its_sessions():
    none([line for case in CASES for line in strangers(case)])


def test_a_command_that_no_session_has_is_named(tmp_path):
    case = make_case(tmp_path, "root@kvm1:~# true\n", expects={"true": 0, "tru": 1}, keys={"gone": []})
    assert [re.findall("'(.*)'", line) for line in strangers(case)] == [["tru"], ["gone"]]


@pytest.mark.lab
@pytest.mark.parametrize(
    ("command", "keys", "shown", "status"),
    [
        ("read -p 'name? ' n; echo hello $n", [["name? ", "Ann\n"]], "name? Ann\nhello Ann\n", 0),
        ("tput clear; tput cup 2 4; printf 'red %s\\r\\nend' $(tput lines)", [], "\n\n    red 24\nend\n", 0),
        ("seq 30; exit 3", [], "".join(f"{n}\n" for n in range(1, 31)), 3),
        ("cat", [["", "one\n"], ["one\r\none", "\u0004"]], "one\none\n", 0),
        ("read line", [["never", "x"]], "\n[in 2 s there was no 'never']\n", 124),
        ("echo soon", [["later", "x"]], "soon\n\n[it ended before it printed 'later']\n", 125),
    ],
)
def test_keys_are_typed_into_a_terminal_and_its_screen_is_the_output(tmp_path, command, keys, shown, status):
    session = f"root@kvm1:~# {command}\n{shown}"
    case = make_case(tmp_path, session, keys={command: keys}, expects={command: status}, timeout=2)
    assert runner.run(case).problems == []


def test_each_mask_hits_its_sample_and_nothing_more():
    none(masks.faults(MASKS))


def test_every_mask_is_used_and_every_used_mask_changes_something():
    named = [(c.folder / "case.toml", mask) for c in CASES for mask in c.spec.get("masks", [])]
    unknown = [
        f"{path}:1: no mask {mask!r}; see tests/transcripts/masks.toml" for path, mask in named if mask not in MASKS
    ]
    none(unknown)
    used = {mask for _, mask in named}
    assert set(MASKS) <= used, f"masks that no case uses: {set(MASKS) - used}; remove them"
    idle = [
        f"{c.folder}/case.toml:1: mask {m!r} matches nothing in the sessions; remove it"
        for c in CASES for m in c.spec.get("masks", [])
        if all(mask(t := p.read_text(encoding="utf-8"), [m]) == t for p in c.sessions)
    ]  # fmt: skip
    none(idle)


def make_case(folder, session: str, **spec):
    """A case in `folder` with one session."""
    (folder / "10-a.console").write_text(session)
    return model.Case("330.3-kvm/sample", folder, {"title": "t", "runs_on": "tool", **spec})


@pytest.mark.lab
@pytest.mark.parametrize(
    ("session", "spec", "word"),
    [
        ("root@kvm1:~# echo one\ntwo\n", {}, "output differs"),
        ("root@kvm1:~# false\n", {}, "exit status 1 instead of 0"),
        ("root@kvm1:~# true\n", {"expects": {"true": 1}}, "exit status 0 instead of 1"),
        ("root@kvm1:/tmp# true\n", {}, "prompt says /tmp"),
        ("root@kvm9:~# true\n", {}, "no host 'kvm9'"),
        ("root@kvm1:~# sleep 60\n", {"timeout": 1}, "no end after 1 s"),
        ("root@kvm1:~# exit 3\n", {}, "the shell died in: exit 3"),
        ("root@kvm1:~# kill -9 $$\n", {}, "the shell died in"),
        ("root@kvm1:~# yes\n", {}, "bytes of output"),
        ("root@kvm1:~# printf 'a\\r\\n'\na\n", {}, "prints carriage returns"),
        ("root@kvm1:~# echo 'root@kvm1:~# true'\n", {}, "prints what looks typed"),
        ("root@kvm1:~# echo '> b'\n", {}, "prints what looks typed"),
        ("root@kvm1:~# echo out > /usr/share/leak\n", {}, "Read-only file system"),
        ("root@kvm1:~# cat\n", {}, ""),
    ],
)
def test_a_session_that_misbehaves_is_named(tmp_path, session, spec, word):
    outcome = runner.run(make_case(tmp_path, session, **spec))
    if not word:  # a command that reads its standard input finds it empty
        assert not outcome.problems
        return
    assert word in "\n".join(outcome.problems)


@pytest.mark.lab
def test_a_session_that_is_right_passes_and_leaves_nothing_behind(tmp_path):
    session = "root@kvm1:~# (sleep 77 &) ; ip link add br7 type bridge; echo $HOSTNAME\nkvm1\n"
    session += "student@kvm1:~$ id -un\nstudent\n"
    outcome = runner.run(make_case(tmp_path, session))
    assert outcome.problems == []
    assert outcome.commands == 2
    assert subprocess.run(["pgrep", "-f", "sleep 77"]).returncode == 1
    assert "br7" not in subprocess.run(["ip", "link"], capture_output=True, text=True).stdout


@pytest.mark.lab
def test_a_copy_of_the_guide_takes_all_changes_and_is_gone_afterwards(tmp_path):
    (tmp_path / "shown.txt").write_text("shown\n")
    with closing(Checkout([tmp_path / "shown.txt"])) as place:
        shell = place.shell("laptop", "student")
        assert shell.run("cat shown.txt; cd virtualization-guide; git status --short", 9)[0] == "shown\n"
        assert shell.run("sleep 78 & echo changed > README.md; git status --short", 9)[0] == " M README.md\n"
    assert not place.home.exists()
    assert (model.ROOT / "README.md").read_text(encoding="utf-8") != "changed\n"
    assert subprocess.run(["pgrep", "-f", "sleep 78"]).returncode == 1


@pytest.mark.lab
def test_recording_writes_nothing_when_a_command_fails(tmp_path):
    session = "root@kvm1:~# echo one\nold\nroot@kvm1:~# false\n"
    case = make_case(tmp_path, session, needs=["git"])
    assert runner.record(case).problems
    assert (tmp_path / "10-a.console").read_text() == session
    assert not (tmp_path / "run.toml").exists()


@pytest.mark.lab
def test_recording_keeps_the_old_line_where_only_masked_text_differs(tmp_path):
    old = "4d1f8a7e-1111-2222-3333-444455556666"
    session = f"root@kvm1:~# cat /proc/sys/kernel/random/uuid\n{old}\n"
    case = make_case(tmp_path, session, needs=["git"], masks=["uuid"])
    assert not runner.record(case).problems
    assert old in (tmp_path / "10-a.console").read_text()
    case = model.Case(case.name, case.folder, case.spec)
    assert receipt.stale(case) == []


def swap(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.lab
@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda f: (f / "10-a.console").write_text("root@kvm1:~# true\n "), "changed since"),
        (lambda f: swap(f / "run.toml", '"git" = "1', '"git" = "9'), "seal"),
        (lambda f: (f / "new.txt").write_text("x"), "new.txt:1: changed"),
        (lambda f: (f / "run.toml").unlink(), "no receipt"),
    ],
)
def test_an_edit_after_the_run_breaks_the_receipt(tmp_path, edit, word):
    case = make_case(tmp_path, "root@kvm1:~# true\n", needs=["git"])
    assert not runner.record(case).problems
    assert receipt.stale(case) == []
    edit(tmp_path)
    assert word in "\n".join(receipt.stale(case))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no prompt found"),
        ("output\nroot@kvm1:~# ls\n", ":1: output before the first prompt"),
        ("root@kvm1:~$ ls\n", ":1: prompt of root ends with $"),
        ("student@kvm1:~# ls\n", "student has $"),
    ],
)
def test_a_malformed_session_is_refused_with_its_line(tmp_path, text, word):
    with pytest.raises(BadSession, match=re.escape(word)):
        parse(text, tmp_path / "10-a.console")


def test_continuation_lines_belong_to_the_command(tmp_path):
    text = "root@kvm1:~# cat <<END\n> a\n> END\na\n"
    (step,) = parse(text, tmp_path / "x")
    assert (step.command, step.output, step.render()) == ("cat <<END\na\nEND", "a\n", text)


@pytest.mark.lab
def test_a_sandbox_that_can_not_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises((LabError, FileNotFoundError)):
        Sandbox([])
    assert list(tmp_path.iterdir()) == []
