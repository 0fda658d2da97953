"""The command tables: each example is held against the real tool, each table against its schema.

`docs/_data/commands/NAME.yml` is one table; `tests/command_tables/` holds the tools to ask.
"""

import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from overrides.blocks import safe_yaml
from overrides.blocks.model import ROOT
from tests import command_tables
from tests.command_tables import Entry, _ask
from tests.conftest import none
from tests.validators import ToolMissing

SCHEMA = json.loads((ROOT / "docs/_data/commands.schema.json").read_text(encoding="utf-8"))
PAGES = ROOT / "docs/reference/commands"
SAMPLE = {
    "title": "qemu-img", "source": "qemu-img --help", "checked_by": "qemu-img",
    "groups": [{"name": "Images", "commands": [
        {"command": "info", "does": "Prints the format.", "example": "qemu-img info a.qcow2",
         "page": "330.3-kvm/images.md"},
    ]}],
}  # fmt: skip
every_table = pytest.mark.parametrize("path", command_tables.tables(), ids=lambda path: path.stem)


@every_table
def test_the_tool_accepts_each_example_and_a_small_tool_is_whole(path: Path):
    found = list(command_tables.problems(path))
    none(found)


@every_table
def test_a_table_fits_its_schema(path: Path):
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(safe_yaml.load(path))
    found = [f"{path}:1: {error.json_path}: {error.message}; correct the entry" for error in errors]
    none(found)


@every_table
def test_no_command_stands_twice(path: Path):
    entries = command_tables.read(path)[1]
    number = Counter(entry.command for entry in entries)
    found = [f"{path}:{e.line}: {e.command!r} stands twice; keep one" for e in entries if number[e.command] > 1]
    none(found)


@every_table
def test_the_page_that_teaches_a_command_exists(path: Path):
    rows = [row for group in safe_yaml.load(path)["groups"] for row in group["commands"]]
    lines = [entry.line for entry in command_tables.read(path)[1]]
    found = [
        f"{path}:{line}: no page docs/{row['page']}; correct the path"
        for line, row in zip(lines, rows, strict=True)
        if not (ROOT / "docs" / row["page"]).is_file()
    ]
    none(found)


def test_each_table_has_a_page_that_shows_it_and_the_index_names_it():
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    for path in command_tables.tables():
        page = PAGES / f"{path.stem}.md"
        assert page.is_file(), f"{path}:1: no page shows this table; add {page}"
        assert f"/// commands | {path.stem}\n" in page.read_text(encoding="utf-8"), f"{page}:1: does not show its table"
        assert f"({path.stem}.md)" in index, f"{PAGES}/index.md:1: does not link {path.stem}.md"


def test_each_table_names_a_known_oracle_and_each_oracle_has_a_table():
    used = {safe_yaml.load(path)["checked_by"] for path in command_tables.tables()}
    assert used == set(command_tables.oracles())


@pytest.mark.parametrize("name", sorted(command_tables.oracles()))
def test_a_made_up_command_and_a_made_up_option_are_refused(name: str):
    oracle = command_tables.oracles()[name]
    entries = [Entry(1, *oracle.bad_command), Entry(2, *oracle.bad_option)]
    refused = {entry.line: reason for entry, reason in command_tables.judge(oracle, entries)}
    assert 1 in refused, f"{name} accepts the made-up command {oracle.bad_command[1]!r}"
    assert 2 in refused, f"{name} accepts the made-up option in {oracle.bad_option[1]!r}"


@pytest.mark.parametrize(
    ("name", "command", "example"),
    [
        ("virsh", "start", "virsh start"),
        ("virsh", "list", "virsh --fast list"),
        ("xl", "vcpu-set", "xl vcpu-set web01"),
        ("virt-install", "virt-install", "virt-install --name web01 --fast"),
        ("virt-install", "virt-clone", "virt-clone --original web01 --fast"),
        ("qemu-img", "info", "qemu-img info gone.qcow2"),
        ("qemu-monitor", "device_add", "device_add frobnicator"),
        ("network", "brctl delbr", "brctl delbr br9"),
        ("lxc", "lxc-create", "lxc-create -n ct1 -t download -- --fast"),
        ("docker", "exec", "docker exec web01"),
        ("openstack", "server create", "openstack server create --imag debian-12 --flavor m1.web web01"),
        ("openstack", "server list", "openstack image list"),
        ("qemu-img", "info", "virsh info web01"),
    ],
)
def test_an_example_that_does_not_work_is_refused(name: str, command: str, example: str):
    assert list(command_tables.judge(command_tables.oracles()[name], [Entry(1, command, example)]))


@pytest.mark.parametrize(
    ("name", "command", "example"),
    [
        ("virsh", "start", "virsh start web01"),
        ("xl", "list", "xl list"),
        ("lxc", "lxc-ls", "lxc-ls"),
        ("qemu-img", "info", "qemu-img info web01.qcow2"),
        ("qemu-monitor", "stop", "stop"),
        ("docker", "ps", "docker ps"),
        ("vagrant", "up", "vagrant up"),
    ],
)
def test_an_option_that_only_the_description_names_is_refused_too(name: str, command: str, example: str):
    entry = Entry(1, command, example, does="Does it; `--frobnicate` does it faster.")
    reasons = [reason for _, reason in command_tables.judge(command_tables.oracles()[name], [entry])]
    assert any("--frobnicate" in reason for reason in reasons)


def test_a_message_names_file_line_reason_and_remedy(tmp_path: Path):
    table = tmp_path / "virsh.yml"
    table.write_text(
        "title: virsh\nsource: virsh help\nchecked_by: virsh\ngroups:\n  - name: Life cycle\n    commands:\n"
        "      - command: start\n        does: Starts a domain.\n        example: virsh start web01 --fast\n"
        "        page: 330.5-libvirt/virsh.md\n",
        encoding="utf-8",
    )
    assert list(command_tables.problems(table)) == [
        f"{table}:7: virsh: command 'start' doesn't support option --fast (virsh help start); correct the example"
    ]


def test_a_verb_that_a_small_tool_has_and_the_table_has_not_is_named(tmp_path: Path):
    table = tmp_path / "packer.yml"
    table.write_text(json.dumps({**SAMPLE, "checked_by": "qemu-img"}), encoding="utf-8")
    missing = [text for text in command_tables.problems(table) if "is missing, the tool has it" in text]
    assert any("'convert'" in text for text in missing)
    assert not any("'info'" in text for text in missing)


def test_a_retired_command_needs_no_tool_only_if_the_tool_is_gone():
    oracle = command_tables.oracles()["network"]
    gone = Entry(1, "xm list", "xm list", "Use `xl list`.")
    present = Entry(2, "brctl frobnicate", "brctl frobnicate br0", "Use `ip`.")
    assert [entry.line for entry, _ in command_tables.judge(oracle, [gone, present])] == [2]


@pytest.mark.parametrize(
    "change",
    [
        {"checked_by": "none"},  # without a reason
        {"unchecked": "because we did not feel like it"},  # a reason though it is checked
        {"colour": "red"},
        {"groups": []},
        {"groups": [{"name": "Images", "commands": [{**SAMPLE["groups"][0]["commands"][0], "page": "images.md"}]}]},
        {"groups": [{"name": "Images", "commands": [{"command": "info"}]}]},
    ],
    ids=["no reason", "needless reason", "unknown key", "no groups", "page outside", "half a row"],
)
def test_the_schema_refuses_a_bad_table(change: dict):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert validator.is_valid(SAMPLE)
    assert not validator.is_valid({**SAMPLE, **change})


def test_a_missing_tool_is_named_with_its_package():
    with pytest.raises(ToolMissing, match="apt-get install frobnicate-utils"):
        _ask.need("frobnicate", "frobnicate-utils")
