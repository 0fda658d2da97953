"""`make lab` and `make lab-xen`: a shell on a lab machine, with the guide's examples in place.

Usage: python -m tests.lab [xen|kvm] [pair]   Everything that you do in it is gone when you leave.
"""

from __future__ import annotations

import os
import signal
import sys

from overrides.blocks.model import ROOT
from tests.lab.hosts import Hosts
from tests.lab.labs import KVM, LABS, XEN
from tests.transcripts.shell import LabError

SLUGS = {XEN: ("330.2-xen",), KVM: ("330.3-kvm", "330.4-other", "330.5-libvirt")}
WELCOME = {
    XEN: """\
A Dom0 on Xen 4.17, emulated. web01 runs: try `xl list`, `xl console web01` (leave it with Ctrl-]).
""",
    KVM: """\
A KVM host with libvirt, emulated; its KVM works. web01 runs: try `virsh list`, `virsh console web01`
(leave it with Ctrl-]). A kernel and an initramfs for guests of your own: /srv/guest/.
A Debian in an image, for guestfish and its kin: /srv/images/.
""",
}
ALSO = """\
The guide's examples are in guide/. `su - student` is there too.
Leave with `exit` or with Ctrl-] twice; everything you did is then gone.
"""


def main(name: str = "kvm", pair: str = "") -> int:
    """Start the lab and give its terminal to the person; return the exit status."""
    lab = LABS.get(f"{name}-lab")
    if not lab or pair not in ("", "pair"):
        print(__doc__.splitlines()[2], file=sys.stderr)
        return 2
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("a lab needs a terminal", file=sys.stderr)
        return 2
    print(f"==> starting the {lab.title} (a first start builds it: about 5 minutes, 2 GB)", file=sys.stderr)
    os.environ.setdefault("LAB_KVM", "1")
    place = Hosts(lab, [], ("web01",), lab.hosts if pair else None)
    try:
        files = [case for slug in SLUGS[lab] for case in sorted((ROOT / "snippets" / slug).iterdir())]
        for host in place.hosts:
            place.put(files, "/root/guide", host)
        print(WELCOME[lab] + ALSO, flush=True)
        if pair:
            print(f"The other host is {lab.hosts[1]}: `ssh {lab.hosts[1]}`.\n", flush=True)
        place.visit()
    finally:
        place.close()
    print("\r\n==> the lab is gone")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(*sys.argv[1:]))
    except LabError as error:
        sys.exit(f"the lab did not come up: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; nothing is left")
