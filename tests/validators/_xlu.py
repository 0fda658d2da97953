"""Read a configuration file with Xen's own libxlutil; run as a child, because C code can crash.

Usage: python -I _xlu.py FILE   reads {"lists": [...], "numbers": [...], "domain": true} from stdin,
prints {"problems": [[line or null, text]], "settings": [[line, name, [values]]], "disks": [[line, vdev]]}.

The library parses the file, tells whether a value is the list or number that its key needs, and reads
the disk, pci and rate= strings; libxl knows guest types and actions. Only names and line numbers are taken
from its settings list (struct XLU_ConfigSetting of Xen 4.17, tools/libs/util/libxlu_internal.h).
"""

import ctypes
import json
import os
import re
import sys
import tempfile


class Setting(ctypes.Structure):
    """One KEY=VALUE of the file, as the parser keeps it."""


Setting._fields_ = [
    ("next", ctypes.POINTER(Setting)),
    ("name", ctypes.c_char_p),
    ("value", ctypes.c_void_p),
    ("op", ctypes.c_int),
    ("lineno", ctypes.c_int),
]

P = ctypes.POINTER
VOID = ctypes.c_void_p
CALLS = {
    "xlu_cfg_init": (P(P(Setting)), [VOID, ctypes.c_char_p]),
    "xlu_cfg_readfile": (ctypes.c_int, [VOID, ctypes.c_char_p]),
    "xlu_cfg_get_list": (ctypes.c_int, [VOID, ctypes.c_char_p, P(VOID), P(ctypes.c_int), ctypes.c_int]),
    "xlu_cfg_get_listitem": (ctypes.c_char_p, [VOID, ctypes.c_int]),
    "xlu_cfg_get_string": (ctypes.c_int, [VOID, ctypes.c_char_p, P(ctypes.c_char_p), ctypes.c_int]),
    "xlu_cfg_get_long": (ctypes.c_int, [VOID, ctypes.c_char_p, P(ctypes.c_long), ctypes.c_int]),
    "xlu_disk_parse": (ctypes.c_int, [VOID, ctypes.c_int, P(ctypes.c_char_p), VOID]),
    "xlu_pci_parse_spec_string": (ctypes.c_int, [VOID, VOID, ctypes.c_char_p]),
    "xlu_vif_parse_rate": (ctypes.c_int, [VOID, ctypes.c_char_p, VOID]),
}


class Reader:
    """The library with one file read; `said()` hands out what it wrote since the last call."""

    def __init__(self, path: str):
        libc = ctypes.CDLL(None)
        libc.fdopen.restype = VOID
        self.lib, self.light = ctypes.CDLL("libxlutil.so.4.17"), ctypes.CDLL("libxenlight.so.4.17")
        for name, (result, arguments) in CALLS.items():
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments
        self.report = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the reader)
        stream = VOID(libc.fdopen(os.dup(self.report.fileno()), b"w"))
        libc.setbuf(stream, None)
        self.path, self.seen = path, 0
        self.cfg = self.lib.xlu_cfg_init(stream, path.encode())
        self.status = self.lib.xlu_cfg_readfile(self.cfg, path.encode())

    def said(self) -> list[str]:
        text = os.pread(self.report.fileno(), 100_000, self.seen)
        self.seen += len(text)
        return text.decode(errors="replace").replace(f"{self.path}:", "").splitlines()

    def settings(self):
        at = self.cfg[0]  # the first member of XLU_Config points to the first setting
        while at:
            yield at[0].lineno, at[0].name.decode()
            at = at[0].next

    def items(self, key: str) -> list[bytes]:
        found, count = VOID(), ctypes.c_int()
        if self.lib.xlu_cfg_get_list(self.cfg, key.encode(), found, count, 1):
            return []
        return [self.lib.xlu_cfg_get_listitem(found, n) or b"" for n in range(count.value)]

    def values(self, key: str) -> list[str]:
        """What the file says to `key`, as text."""
        value = ctypes.c_char_p()
        if self.lib.xlu_cfg_get_string(self.cfg, key.encode(), value, 1):
            return [item.decode() for item in self.items(key)]
        return [value.value.decode()]

    def unknown(self, key: str, value: str) -> str:
        """Why libxl knows no such guest type, or no such action at the end of a domain."""
        number = ctypes.byref(ctypes.c_int())
        if key == "type" and self.light.libxl_domain_type_from_string(value.encode(), number):
            return f"libxl knows no guest type {value!r}"
        word = value.replace("-", "_").encode()
        if key.startswith("on_") and self.light.libxl_action_on_shutdown_from_string(word, number):
            return f"Unknown {key} action {value!r} specified"
        return ""

    def parse(self, kind: str, spec: bytes) -> int:
        """Let the library read one disk, pci or vif string; the device's memory is ample and thrown away."""
        self.drive = None
        device = ctypes.create_string_buffer(65536)
        if kind == "disk":
            self.light.libxl_device_disk_init(device)
            status = self.lib.xlu_disk_parse(self.cfg, 1, P(ctypes.c_char_p)(ctypes.c_char_p(spec)), device)
            if not status:
                self.light.libxl_device_disk_to_json.restype = ctypes.c_char_p
                self.drive = json.loads(self.light.libxl_device_disk_to_json(None, device)).get("vdev", "")
            return status
        if kind == "pci":
            self.light.libxl_device_pci_init(device)
            return self.lib.xlu_pci_parse_spec_string(self.cfg, device, spec)
        rate = re.search(rb"(?:^|,)\s*rate=([^,]*)", spec)
        self.light.libxl_device_nic_init(device)
        return self.lib.xlu_vif_parse_rate(self.cfg, rate[1], device) if rate else 0


def main(path: str, wanted: dict) -> dict:
    reader = Reader(path)
    problems = [_problem(line, None) for line in reader.said()]
    if reader.status or problems:
        problems = problems or [[None, f"parser ended with status {reader.status}"]]
        return {"problems": problems, "settings": [], "disks": []}
    settings, disks = [[*pair, reader.values(pair[1])] for pair in reader.settings()], []
    for number, name, values in settings:
        if name in wanted["lists"]:
            reader.lib.xlu_cfg_get_list(reader.cfg, name.encode(), VOID(), None, 0)
        elif name in wanted["numbers"]:
            reader.lib.xlu_cfg_get_long(reader.cfg, name.encode(), ctypes.c_long(), 0)
        problems += [_problem(line, number) for line in reader.said()]
        problems += [[number, text] for value in values if (text := reader.unknown(name, value))]
        if not wanted["domain"] or name not in ("disk", "pci", "vif"):
            continue
        for spec in reader.items(name):
            status = reader.parse(name, spec)
            text = "; ".join(reader.said()) or f"status {status}"
            if status or text != "status 0":
                problems.append([number, f"{name} {spec.decode()!r}: {text}"])
            if reader.drive is not None:
                disks.append([number, reader.drive])
    return {"problems": problems, "settings": settings, "disks": disks}


def _problem(line: str, number: int | None) -> list:
    found = re.match(r"\s*(\d+): (.*)", line)
    return [int(found[1]), found[2]] if found else [number, line.strip()]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.load(sys.stdin))))
