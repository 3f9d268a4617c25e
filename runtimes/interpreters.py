"""A Python of a wanted minor on this machine."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from runtimes.uv import runs


def find_interpreter(minor: str) -> str | None:
    """A CPython of that minor which really runs; None when uv must find or download one.

    uv itself takes the first `python3.9` of the PATH, and fails when that is a version manager's
    shim without a Python behind it.

    Args:
        minor: e.g. "3.9".
    """
    return next((each for each in _candidates(minor) if _is(each, minor)), None)


def _candidates(minor: str) -> Iterator[str]:
    yield sys.executable
    if found := which(f"python{minor}"):
        yield found
    versions = Path.home() / ".pyenv" / "versions"
    yield from map(str, sorted(versions.glob(f"{minor}.*/bin/python"), key=_numbers, reverse=True))


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", path.parts[-3])]


def _is(program: str, minor: str) -> bool:
    wanted = ("cpython", *map(int, minor.split(".")))
    test = f"import sys; sys.exit((sys.implementation.name, *sys.version_info[:2]) != {wanted})"
    return runs(program, "-I", "-c", test)
