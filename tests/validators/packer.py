"""Judge Packer templates by Packer itself (Debian 12: packer 1.6.6, builders built in).

Verdict: `packer validate`, which reads the template (HCL2 or the older JSON), builds every builder,
provisioner and post-processor from it and lets each check its own settings. Nothing is built; a template
may read files and ask servers for secrets, so it is judged in a sandbox. A checksum of the wrong length is
found at the build only, so it is measured here.
Source: packer's documentation (commands/validate).
"""

import contextlib
import hashlib
import re
import shutil
from pathlib import Path

from tests.transcripts.sandbox import Sandbox
from tests.transcripts.shell import LabError
from tests.validators import Problem, ToolMissing

LINE = re.compile(r"on \S* ?line ([1-9]\d*)")
CHECKSUM = re.compile(r"\b(md5|sha1|sha256|sha512):([0-9a-f]*)")
NO_SOURCE = re.compile(r"\n\s+on .*line \d+:\n\s+\(source code not available\)\n")


def check_packer(path: Path) -> list[Problem]:
    """Return what Packer objects to in `path` ([] = accepted)."""
    if not shutil.which("packer", path="/usr/bin:/bin"):
        raise ToolMissing("packer: apt-get install packer")
    with contextlib.closing(Sandbox([path])) as place:
        try:
            told, status, _ = place.shell("kvm1", "student").run(f"PACKER_NO_COLOR=1 packer validate {path.name}", 60)
        except LabError as error:
            return [Problem(None, f"packer: {error}")]
    told = told.strip()
    if status == 0 and "Error" not in told:
        sums = CHECKSUM.findall(path.read_text(encoding="utf-8"))
        short = [name for name, digits in sums if len(digits) != 2 * hashlib.new(name).digest_size]
        return [Problem(None, f"the {name} checksum has not the length of one") for name in short]
    line = LINE.search(told)
    reason = " ".join(NO_SOURCE.sub("\n", told + "\n").split()) or f"packer ended with status {status}"
    return [Problem(int(line[1]) if line else None, reason)]


FORMATS = {".pkr.hcl": check_packer, ".packer.json": check_packer}
