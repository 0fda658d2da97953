"""Where the sessions of a case run: `runs_on` in case.toml names the place.

tool       a sandbox on this machine, host kvm1
checkout   a copy of the guide's own tree, host laptop; for the pages on contributing alone
kvm-lab    a Debian machine with nested KVM, host kvm1; with hosts = ["kvm1", "kvm2"] two of them
xen-lab    a machine with Xen under QEMU's emulation, host dom0; with hosts = ["dom0", "dom0b"] two of them
"""

from __future__ import annotations

import contextlib
from typing import Protocol

from overrides.blocks.model import Case
from tests.lab.labs import LABS
from tests.transcripts.checkout import Checkout
from tests.transcripts.sandbox import Sandbox
from tests.transcripts.shell import Shell


class Place(Protocol):
    """What the runner needs of a place."""

    hosts: tuple[str, ...]  # the first one runs the hidden scripts

    def shell(self, host: str, user: str) -> Shell:
        """The long-lived shell of `user` (root or student) on `host`."""

    def visit(self) -> None:
        """Give the person at the terminal a shell inside; ends when they leave it."""

    def close(self) -> None:
        """End everything that runs in the place; nothing of it is left."""


KNOWN = ("tool", "checkout", *LABS)


def open_place(case: Case) -> contextlib.closing[Place]:
    """A fresh place for `case`, with its shown files in the homes; close it after use."""
    files = [p for p in case.files if not p.name.startswith("_")]
    if lab := LABS.get(case.spec["runs_on"]):
        from tests.lab.hosts import Hosts  # only who needs the lab loads it

        names = {key: tuple(case.spec.get(key, [])) for key in ("services", "hosts")}
        return contextlib.closing(Hosts(lab, files, **names))
    return contextlib.closing(Checkout(files) if case.spec["runs_on"] == "checkout" else Sandbox(files))
