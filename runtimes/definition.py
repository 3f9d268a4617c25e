"""The folder that defines a runtime: adds one, changes one, and compiles what it pins."""

import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from packaging.version import Version

from runtimes.catalog import (
    FOLDER,
    Runtime,
    minor_of,
    python_version,
    read_catalog,
    runtime_name,
)
from runtimes.requirements import (
    excluded_packages,
    resolution_options,
    template,
    with_requirement,
)
from runtimes.uv import run_uv
from shared.errors import InvalidArgument, NotFound

_MINOR = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different about a runtime; by default nothing.

    Attributes:
        python: the minor of its Python, e.g. "3.10".
        day: no package of it is newer; for a new runtime only.
        additions: requirements, e.g. "mypkg==1.0", and paths of wheels.
    """

    python: str = ""
    day: date | None = None
    additions: Sequence[str] = ()


def define(minor: str, change: Change, today: date, folder: Path = FOLDER) -> str:
    """Write requirements.in and .python-version of a new runtime, or change them; not compiled.

    Args:
        minor: of scikit-learn, e.g. "1.5".
        change: to what the runtime has, or to what a new one has by default.
        today: the day of a new runtime for a scikit-learn that no other is newer than.
        folder: the folder of the definitions.

    Returns:
        The name of the runtime.

    Raises:
        InvalidArgument: when a version or an addition is malformed.
        NotFound: when there is no such wheel.
    """
    for version in filter(None, (minor, change.python)):
        if not _MINOR.fullmatch(version):
            raise InvalidArgument(f"{version!r} is not a version like 1.5", reason="INVALID_MINOR")
    definition = folder / runtime_name(minor)
    source = definition / "requirements.in"
    if source.exists():
        text, python = source.read_text(encoding="utf-8"), python_version(definition)
    else:
        text = template(minor, change.day or _day(minor, today, folder))
        python = _python(minor, folder)
    definition.mkdir(parents=True, exist_ok=True)
    for addition in change.additions:
        text = with_requirement(text, _beside(addition, definition))
    source.write_text(text, encoding="utf-8")
    (definition / ".python-version").write_text(f"{change.python or python}\n", encoding="utf-8")
    return definition.name


def compile_requirements(name: str, folder: Path = FOLDER) -> None:
    """Compile the requirements.in of a runtime into its requirements.txt, with hashes.

    With a day, the result follows from requirements.in alone. Without one, versions that
    requirements.txt has already are kept where they can be, as by `make lock`.

    Raises:
        NotFound: when there is no such runtime.
        FailedPrecondition: when uv is missing, or finds no versions that go together.
    """
    definition = folder / name
    source = definition / "requirements.in"
    if not source.exists():
        raise NotFound(f"there is no runtime {name!r}", reason="RUNTIME_NOT_FOUND", runtime=name)
    text = source.read_text(encoding="utf-8")
    options = resolution_options(text)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as excluded:
        excluded.write("\n".join(excluded_packages(text)))
        excluded.flush()
        run_uv(
            *("pip", "compile", "--quiet", "--universal", "--generate-hashes"),
            *("--no-emit-index-url", "--no-header", "--only-binary=:all:", "--no-python-downloads"),
            f"--python-version={python_version(definition)}",
            f"--excludes={excluded.name}",
            *options,
            *(["--upgrade"] if options else []),
            "--output-file=requirements.txt",
            "requirements.in",
            folder=definition,
            purpose=f"compiling requirements.in of {name}",
        )


def _python(minor: str, folder: Path) -> str:
    """The Python of a new runtime: that of the next older one, or else of the oldest."""
    catalog = read_catalog(folder)
    if not catalog:
        return ".".join(map(str, sys.version_info[:2]))
    older = [each for each in catalog if not _is_newer(each, minor)]
    return (older[-1] if older else catalog[0]).python


def _day(minor: str, today: date, folder: Path) -> date:
    newer = [each.name for each in read_catalog(folder) if _is_newer(each, minor)]
    if newer:
        raise InvalidArgument(
            f"scikit-learn {minor} is older than {newer[0]}: say DATE=YYYY-MM-DD, a day about a "
            "year after it came out, so that its packages are of its time",
            reason="DATE_MISSING",
        )
    return today


def _is_newer(runtime: Runtime, minor: str) -> bool:
    return Version(minor_of(runtime.name)) > Version(minor)


def _beside(addition: str, definition: Path) -> str:
    """The line of an addition; a wheel is copied beside requirements.in."""
    if not addition.endswith(".whl"):
        return addition
    wheel = Path(addition)
    if not wheel.is_file():
        raise NotFound(f"there is no wheel {addition}", reason="WHEEL_NOT_FOUND", wheel=addition)
    if not (definition / wheel.name).exists() or not wheel.samefile(definition / wheel.name):
        shutil.copyfile(wheel, definition / wheel.name)
    return f"./{wheel.name}"
