"""OpenNebula context files (.context.sh): judged by cloud-init 22.4, which reads them in the guest.

OpenNebula writes NAME='value' lines onto a CD labelled CONTEXT. The guest's cloud-init lets bash read
them and makes metadata and a network configuration of them; a child process of Debian's Python does
just that here, with one made-up network card per ETHn_MAC. Since bash runs the file, lines of any other
form are refused first. The VM template itself has no reader outside the `oned` daemon, so the guide shows
it as a synopsis only. Source: cloudinit.sources.DataSourceOpenNebula.
"""

import json
import re
import subprocess
from pathlib import Path

from tests.validators import Problem, ToolMissing

PYTHON = Path("/usr/bin/python3")
SOURCE = Path("/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceOpenNebula.py")
LINE = re.compile(r"(#.*|[A-Z][A-Z0-9_]*='[^']*'|)")
CHILD = """
import ipaddress, json, sys
from cloudinit import distros
from cloudinit.net.network_state import parse_net_config_data
from cloudinit.sources import DataSourceOpenNebula as one
problems = []
try:
    context = one.parse_shell_config(open(sys.argv[1], encoding="utf-8").read())
    cards = {v.lower(): k[:-4].lower() for k, v in context.items() if k.startswith("ETH") and k.endswith("_MAC")}
    problems += [f"{k}: no {k.split('_')[0]}_MAC, so cloud-init finds no card for it" for k in context
                 if k.startswith("ETH") and k.endswith("_IP") and k.split("_")[0].lower() not in cards.values()]
    network = one.OpenNebulaNetwork(context, distros.fetch("debian"), cards).gen_conf()
    parse_net_config_data(network)
    for card in network.get("ethernets", {}).values():
        [ipaddress.ip_interface(a) for a in card.get("addresses", [])]
        [ipaddress.ip_address(card[k]) for k in ("gateway4", "gateway6") if k in card]
        [ipaddress.ip_address(a) for a in card.get("nameservers", {}).get("addresses", [])]
except Exception as error:
    problems.append(f"{type(error).__name__}: {error}")
print(json.dumps(problems))
"""


def check_context(path: Path) -> list[Problem]:
    """Return what cloud-init can't use in the context file `path` ([] = accepted)."""
    if not SOURCE.exists():
        raise ToolMissing("cloud-init: apt-get install --no-install-recommends cloud-init")
    lines = path.read_text(encoding="utf-8").splitlines()
    if strange := [n for n, line in enumerate(lines, 1) if not LINE.fullmatch(line)]:
        return [Problem(n, "not a line of the form NAME='value'") for n in strange]
    try:
        run = subprocess.run(
            [PYTHON, "-I", "-c", CHILD, path], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return [Problem(None, "cloud-init gave no answer after 60 s")]
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        return [Problem(None, f"cloud-init ended with status {run.returncode}: {last}")]
    return [Problem(None, reason) for reason in json.loads(run.stdout)]


FORMATS = {".context.sh": check_context}
