"""Processes that a cloud left behind, told by a mark that all its processes inherit.

The mark finds what process ids and groups miss: grandchildren in sessions of their own, and what
survived a supervisor that was killed. By then a recorded process id may be somebody else's; a
mark in a process's own environment cannot.
"""

from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no type information

_MARK = "MLSYS_LOCAL_CLOUD"
_ROUNDS = 5  # a process may start another between being seen and being killed


def mark(home: Path) -> dict[str, str]:
    """Return the environment variable by which the processes of this home's cloud are known."""
    return {_MARK: str(home)}


def stragglers(home: Path) -> list[psutil.Process]:
    """Return the running processes that bear this home's mark."""
    return [process for process in psutil.process_iter() if _marked_home(process) == str(home)]


def end_stragglers(home: Path) -> None:
    """Kill every process that bears this home's mark."""
    for _ in range(_ROUNDS):
        left = stragglers(home)
        if not left:
            return
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=1)


def _marked_home(process: psutil.Process) -> str | None:
    try:
        home: str | None = process.environ().get(_MARK)
    except (psutil.Error, OSError):  # somebody else's, or gone
        return None
    return home
