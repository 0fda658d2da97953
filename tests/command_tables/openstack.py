"""openstack: each example goes through the client's own argument parser, offline.

One child of Debian's Python loads the client (python3-openstackclient 6.0, python3-heatclient for
`stack`), finds the command of each example and lets its parser read the rest. Nothing is carried out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import need, output, run

CHILD = """
import contextlib, io, json, sys
from openstackclient import shell
calls = json.load(sys.stdin)
app = shell.OpenStackShell()
with contextlib.redirect_stdout(io.StringIO()):
    app.run(["help", "server", "list"])
answers = []
for argv in calls:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            factory, name, rest = app.command_manager.find_command(argv)
            parser = factory(app, None, cmd_name=name).get_parser("openstack " + name)
            parser.allow_abbrev = False
            parser.parse_args(rest)
        answers.append([name, ""])
    except (SystemExit, ValueError) as error:
        lines = said.getvalue().strip().splitlines() or [str(error)]
        answers.append(["", lines[-1]])
print("ANSWERS:" + json.dumps(answers))
"""


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    need("openstack", "python3-openstackclient")
    calls = json.dumps([entry.words[1:] for entry in entries])
    _, text = run(["/usr/bin/python3", "-c", CHILD], text=calls)
    if "ANSWERS:" not in text:
        raise RuntimeError(f"the openstack client did not start:\n{text[-2000:]}")
    answers = json.loads(text.split("ANSWERS:")[1].splitlines()[0])
    for entry, (name, reason) in zip(entries, answers, strict=True):
        if reason:
            yield entry, f"{reason} (openstack help {entry.command})"
        elif name != entry.command:
            yield entry, f"{entry.example!r} is an example of {name!r}, not of {entry.command!r}"


ORACLES = {
    "openstack": Oracle(
        _judge,
        program="openstack",
        manual=lambda entry: output(need("openstack", "python3-openstackclient"), "help", *entry.command.split()),
        bad_command=("server frobnicate", "openstack server frobnicate web01"),
        bad_option=("server create", "openstack server create --flavor m1.small --image debian-12 --fast web01"),
    )
}
