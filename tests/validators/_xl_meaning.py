"""What xl itself looks at once libxlutil has read the file; xen.py gives it what _xlu.py found.

`xl create` needs a Dom0 before it looks at these, so its words are compared with what the same release
documents: xl.cfg(5), xen-vbd-interface(7), xl-network-configuration(5), and the messages of xl 4.17.
"""

import ipaddress
import re
from collections.abc import Iterator

DRIVE = re.compile(r"(?:xvd|hd|sd)[a-z]{1,2}\d{0,2}|d\d+(?:p\d+)?|0x[0-9a-f]+|\d+")
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.I)
Found = Iterator[tuple[int, str]]


def domain(settings: list, disks: list) -> Found:
    """What is missing, and values that make no sense, in a domain configuration."""
    given = {name: values for _, name, values in settings}
    if not given.get("name"):
        yield 1, "xl says: Domain name must be specified."
    hardware = given.get("type", given.get("builder")) == ["hvm"]
    if not hardware and not {"kernel", "bootloader"} & set(given):
        yield 1, "xl says: Neither kernel nor bootloader specified"
    seen = set()
    for line, drive in disks:
        if not DRIVE.fullmatch(drive):
            yield line, f"disk: {drive!r} is no virtual disk, see xen-vbd-interface(7)"
        elif drive in seen:
            yield line, f"disk: {drive!r} stands there twice"
        seen.add(drive)
    for line, name, values in settings:
        for value in values:
            if name == "vif":
                yield from ((line, f"vif {value!r}: {text}") for text in _card(value))
            elif name == "cpus":
                for low, high in re.findall(r"(\d+)-(\d+)", value):
                    if int(low) > int(high):
                        yield line, f"xl says: Invalid pcpu range: {low}-{high}."


def choices(settings: list, known: dict[str, list[str]]) -> Found:
    """Values that are none of those that the man page offers for the key."""
    for line, name, values in settings:
        for value in values:
            if name in known and value not in known[name]:
                yield line, f"{name}: {value!r} is none of {', '.join(known[name])}"


def _card(spec: str) -> Iterator[str]:
    words = dict(part.strip().partition("=")[::2] for part in spec.split(","))
    if "mac" in words and not MAC.fullmatch(words["mac"]):
        yield f"{words['mac']!r} is no MAC address"
    for address in words.get("ip", "").split():
        try:
            ipaddress.ip_interface(address)
        except ValueError as error:
            yield str(error)
