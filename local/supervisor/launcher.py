"""Becomes the given command, which the kernel kills if the supervisor dies without stopping it.

Started by its path, before every service: `python -I -S launcher.py PARENT_PID COMMAND…`. It
stands between the supervisor and the service because code between fork and exec is not safe in
a process with threads. Where the kernel offers no such thing (macOS), the next `up` on the same
home ends what was left behind.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)
_COMMAND_NOT_FOUND = 127  # as a shell says it


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call
            sys.exit(1)


def _become(command: list[str]) -> None:
    try:
        os.execvp(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(_COMMAND_NOT_FOUND)


if __name__ == "__main__":
    _die_with(int(sys.argv[1]))
    _become(sys.argv[2:])
