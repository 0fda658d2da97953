"""`python -m tests.lab.prepare`: build both labs and their saved states; the next time there is nothing to do."""

import signal
import sys

from tests.lab import image, state
from tests.lab.labs import LABS
from tests.transcripts.shell import LabError


def main() -> None:
    """Build what is missing, with progress on standard error."""
    for lab in LABS.values():
        made = image.ensure(lab)
        for guest in (False, True):
            state.saved(made, guest)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except LabError as error:
        sys.exit(f"the labs can't be built: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what was built whole is kept")
