"""xl: the real xl of Xen 4.17, with a Dom0 that is only a stage set.

xl refuses even `xl help` where there is no /dev/xen/privcmd and no xenstored socket. In namespaces
of their own both are easily had: an empty file and a socket that nobody answers. xl then parses its
arguments in earnest and fails only when it calls the hypervisor. Package xen-utils-4.17.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import OPTION, isolated, need, run, unknown

XL = "/usr/lib/xen-4.17/bin/xl"
REFUSED = ("not supported.", "command not implemented", "requires at least", "unknown global option", "Usage:")
STAGE = """
import json, os, socket, subprocess, sys, threading
for place in ("/run", "/dev"):
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], check=True)
os.mkdir("/run/xenstored"), os.mkdir("/dev/xen")
open("/dev/xen/privcmd", "w"), open("/dev/null", "w")
store = socket.socket(socket.AF_UNIX)
store.bind("/run/xenstored/socket")
store.listen(1024)
def hang_up():
    while True:
        store.accept()[0].close()
threading.Thread(target=hang_up, daemon=True).start()
answers = []
for argv in json.load(sys.stdin):
    done = subprocess.run(argv, input=b"", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
    answers.append([done.returncode, done.stdout.decode(errors="replace")])
print(json.dumps(answers))
"""


def ask(calls: list[list[str]]) -> list[tuple[int, str]]:
    """Run each call of xl on the stage; return status and output of each."""
    status, text = run(isolated(sys.executable, "-c", STAGE), text=json.dumps(calls))
    if status:
        raise RuntimeError(f"the stage for xl failed:\n{text}")
    return [tuple(answer) for answer in json.loads(text)]


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    xl = need(XL, "xen-utils-4.17")
    calls = [[xl, *e.words[1:]] for e in entries] + [[xl, "help", e.command] for e in entries]
    answers = ask(calls)
    helps = answers[len(entries) :]
    for entry, (status, said), (_, text) in zip(entries, answers, helps, strict=False):
        if "Usage: xl" not in text:
            yield entry, f"xl has no command {entry.command!r} (xl help)"
            continue
        words = entry.words[entry.words.index(entry.command) + 1 :]
        bad = list(unknown(words, set(OPTION.findall(text))))
        for option in bad:
            yield entry, f"xl {entry.command} has no option {option} (xl help {entry.command})"
        line = next((line for line in said.splitlines() if any(word in line for word in REFUSED)), None)
        if line and not bad:
            yield entry, f"xl: {line}"
        elif status < 0:
            yield entry, f"xl died of signal {-status}"


ORACLES = {
    "xl": Oracle(
        _judge,
        program="xl",
        manual=lambda entry: ask([[need(XL, "xen-utils-4.17"), "help", entry.command]])[0][1],
        bad_command=("frobnicate", "xl frobnicate web01"),
        bad_option=("list", "xl list --fast"),
    )
}
