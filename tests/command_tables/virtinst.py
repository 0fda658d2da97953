"""virt-install, virt-clone, virt-xml and the tools around them: options and sub-options.

Options come from each program's --help. What stands after an option of virt-install and virt-xml
(`--disk size=20,bus=virtio`) is held against the program's own list (`--disk=?`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tests.command_tables import Entry, Oracle
from tests.command_tables._ask import OPTION, need, options_in, output, unknown

PACKAGES = {
    "virt-install": "virtinst", "virt-clone": "virtinst", "virt-xml": "virtinst",
    "virt-host-validate": "libvirt-clients", "virt-xml-validate": "libvirt-clients",
    "virt-viewer": "virt-viewer", "virt-manager": "virt-manager", "guestfish": "guestfish",
    "virt-v2v": "virt-v2v", "virt-p2v-make-disk": "virt-p2v",
}  # fmt: skip


def _path(program: str) -> str | None:
    if program in PACKAGES:
        return need(program, PACKAGES[program])
    known = program.startswith("virt-") and program.removeprefix("virt-") in GUESTFS
    return need(program, "guestfs-tools") if known else None


GUESTFS = {"cat", "df", "filesystems", "resize", "sparsify", "sysprep", "customize", "edit", "ls", "inspector"}


@cache
def _suboptions(path: str, option: str) -> list[re.Pattern]:
    """The names that the program accepts within `option`; [...] stands for a running number."""
    lines = re.findall(r"^  (\S+)$", output(path, f"{option}=?"), re.M)
    return [re.compile(re.escape(line).replace(r"\[0\-9\]\*", r"\d*")) for line in lines]


def _judge(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        path = _path(entry.program)
        if not path:
            yield entry, f"there is no program {entry.program} in these packages"
            continue
        text = output(path, "--help")
        usage = [line for line in text.splitlines() if entry.program in line]
        known = (options_in(text) | set(OPTION.findall("\n".join(usage)))) - {"--options"}
        bad = list(unknown(entry.words[1:], known))
        for option in bad:
            yield entry, f"{entry.program} has no option {option} ({entry.program} --help)"
        if entry.program in ("virt-install", "virt-xml") and not bad:
            yield from _inner(entry, path)


def _inner(entry: Entry, path: str) -> Iterator[tuple[Entry, str]]:
    words = entry.words
    for option, value in zip(words, words[1:], strict=False):
        if not option.startswith("--") or value.startswith("--") or "=" not in value:
            continue
        patterns = _suboptions(path, option)  # none: the option takes free text
        for name in (part.split("=")[0] for part in value.split(",") if "=" in part):
            if patterns and not any(pattern.fullmatch(name) for pattern in patterns):
                yield entry, f"{entry.program} {option} has no sub-option {name} ({entry.program} {option}=?)"


ORACLES = {
    "virt-install": Oracle(
        _judge,
        manual=lambda entry: output(_path(entry.program), "--help"),
        bad_command=("virt-frobnicate", "virt-frobnicate --name web01"),
        bad_option=("virt-install", "virt-install --disk size=20,colour=red"),
    )
}
