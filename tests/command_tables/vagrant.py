"""vagrant: the help of each command, all asked in one Ruby process (a start of vagrant costs 0.7 s).

Package vagrant (2.3.4); a home folder of its own keeps it away from the user's boxes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import cache

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import need, options_in, run, unknown

CHILD = """
require "vagrant"
require "stringio"
require "json"
env = Vagrant::Environment.new
out = $stdout
helps = JSON.parse($stdin.read).map do |argv|
  $stdout = StringIO.new
  begin
    env.cli(argv + ["-h"])
  rescue StandardError => e
    $stdout.puts e.class
  end
  $stdout.string
end
out.puts "HELPS:" + JSON.generate(helps)
"""


@cache
def _helps(commands: tuple[str, ...]) -> dict[str, str]:
    """Command -> what vagrant says of it with -h."""
    need("vagrant", "vagrant")
    with tempfile.TemporaryDirectory() as home:
        calls = json.dumps([command.split() for command in commands])
        _, text = run([need("ruby", "ruby"), "-e", CHILD], text=calls, VAGRANT_HOME=home, VAGRANT_CWD=home)
    if "HELPS:" not in text:
        raise RuntimeError(f"vagrant did not start:\n{text[-2000:]}")
    return dict(zip(commands, json.loads(text.split("HELPS:")[1].splitlines()[0]), strict=True))


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    helps = _helps(tuple(entry.command for entry in entries))
    for entry in entries:
        said = helps[entry.command]
        if f"Usage: vagrant {entry.command}" not in said:
            yield entry, f"vagrant has no command {entry.command!r} (vagrant list-commands)"
            continue
        for option in unknown(entry.words[1:], options_in(said)):
            yield entry, f"vagrant {entry.command} has no option {option} (vagrant {entry.command} -h)"


ORACLES = {
    "vagrant": Oracle(
        _judge,
        program="vagrant",
        manual=lambda entry: _helps((entry.command,))[entry.command],
        bad_command=("frobnicate", "vagrant frobnicate web"),
        bad_option=("up", "vagrant up --fast"),
    )
}
