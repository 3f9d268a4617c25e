"""uv, which resolves and installs the packages of a runtime."""

import subprocess
import sys
from pathlib import Path
from shutil import which

from shared.errors import FailedPrecondition

# A gigabyte over a slow line; uv itself gives up on a connection that stands still.
_TIMEOUT_SECONDS = 3600
_LAST_LINES = 12


def find_uv() -> str:
    """The uv of the PATH, or else the one beside this Python.

    Raises:
        FailedPrecondition: when neither runs.
    """
    beside = Path(sys.executable).with_name("uv")
    for candidate in (which("uv"), which(str(beside))):
        # A version manager's shim can be on the PATH without a uv behind it: ask, do not look.
        if candidate and runs(candidate, "--version"):
            return candidate
    raise FailedPrecondition(
        "uv is missing, which installs runtimes: pip install uv", reason="UV_MISSING"
    )


def runs(*command: str) -> bool:
    """Whether a program starts and succeeds within seconds."""
    try:
        return not subprocess.run(command, check=False, capture_output=True, timeout=20).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def run_uv(*arguments: str, folder: Path, purpose: str) -> None:
    """Run uv in a folder, which relative paths of wheels start from.

    Args:
        arguments: of uv.
        folder: the working folder.
        purpose: what for, for the message: "compiling requirements.in".

    Raises:
        FailedPrecondition: when uv is missing or fails, with the last lines of what it printed.
    """
    command = [find_uv(), *arguments]
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise FailedPrecondition(
            f"{purpose} took longer than {_TIMEOUT_SECONDS} seconds: look at the network",
            reason="UV_FAILED",
        ) from error
    if ran.returncode:
        last = "\n".join(ran.stderr.strip().splitlines()[-_LAST_LINES:])
        raise FailedPrecondition(f"{purpose} failed", reason="UV_FAILED", detail=last)
