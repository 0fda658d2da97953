"""The verdict on an EPUB from W3C's own checker (Debian: epubcheck). `python -m tests.epubcheck FILE` prints it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

JAR = Path("/usr/bin/epubcheck")  # Debian's program is a Java archive
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # it runs once and ends: half the seconds


class NoChecker(RuntimeError):
    """There is nothing to check with; the message says what to install."""


def faults(book: Path) -> list[str]:
    """What epubcheck has to say against `book`, warnings included. Raise `NoChecker` where it can't run."""
    if not JAR.exists() or not shutil.which("java"):
        raise NoChecker("no epubcheck; install it with: apt-get install --no-install-recommends epubcheck")
    command = ["java", *QUICK, "-jar", JAR, "--failonwarnings", book]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("ERROR", "FATAL", "WARNING"))]
    if done.returncode and not said:
        said = [f"epubcheck ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-300:]}"]
    return said


if __name__ == "__main__":
    try:
        found = faults(Path(sys.argv[1]))
    except NoChecker as error:
        sys.exit(str(error))
    sys.exit("\n".join(line[:400] for line in found) if found else 0)
