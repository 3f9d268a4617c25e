"""One process a folder."""

import fcntl
from pathlib import Path
from typing import TextIO


def claim(folder: Path) -> TextIO:
    """Wait until no other process has the folder, then have it while the returned file is open.

    A worker whose parent was killed lives on for a moment, and may still write.
    """
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock
