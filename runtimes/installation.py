"""Installs a runtime: a folder with a Python and exactly the packages that it pins."""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runtimes.catalog import FOLDER, find_runtime, python_version
from runtimes.import_check import import_failures
from runtimes.interpreters import find_interpreter
from runtimes.uv import run_uv
from shared.errors import FailedPrecondition

type Progress = Callable[[str], None]

_MARKER = ".ready"
_BYTES_PER_MEGABYTE = 1_000_000


def interpreter(name: str, root: Path) -> Path:
    """The Python of a runtime that is installed in a root folder."""
    return root / name / "bin" / "python"


def is_installed(name: str, root: Path, folder: Path = FOLDER) -> bool:
    """Whether a runtime is installed completely, with the versions that it pins now.

    Args:
        name: e.g. "sklearn-1.5".
        root: the folder in which runtimes are installed.
        folder: the folder of the definitions.
    """
    try:
        marker = (root / name / _MARKER).read_text(encoding="utf-8")
        return marker == _marker(folder / name) and interpreter(name, root).exists()
    except OSError:
        return False


def install(name: str, root: Path, progress: Progress, folder: Path = FOLDER) -> Path:
    """Install a runtime unless it is, and return its Python.

    Of several processes one installs, and the others wait for it. A runtime whose installation was
    interrupted is not installed: the next call starts again.

    Args:
        name: e.g. "sklearn-1.5".
        root: the folder in which runtimes are installed; made if there is none.
        progress: gets a line when an installation begins, one when it ends, and between them one
            for each package that is installed but cannot be imported on this machine.
        folder: the folder of the definitions.

    Raises:
        NotFound: when there is no such runtime.
        FailedPrecondition: when uv, a Python or a package is missing, and how to get it.
    """
    if not is_installed(name, root, folder):
        find_runtime(name, folder)
        with _only_one(name, root, progress):
            if not is_installed(name, root, folder):
                _install(name, root, progress, folder)
    return interpreter(name, root)


def installed_megabytes(name: str, root: Path) -> int:
    """The size of an installed runtime, in MB of a million bytes."""
    files = (path.lstat().st_size for path in (root / name).rglob("*") if path.is_file())
    return round(sum(files) / _BYTES_PER_MEGABYTE)


def _install(name: str, root: Path, progress: Progress, folder: Path) -> None:
    started = time.monotonic()
    runtime = find_runtime(name, folder)
    progress(
        f"installing {name}: Python {runtime.python}, {len(runtime.versions)} packages, "
        f"into {root / name}"
    )
    environment = (root / name).absolute()
    if environment.exists():
        # What another version or an interrupted installation left behind.
        shutil.rmtree(environment)
    _make_environment(runtime.python, environment, folder / name)
    run_uv(
        *("pip", "sync", "--quiet", "--require-hashes", "--only-binary=:all:"),
        # The process that uses it may write nothing.
        "--compile-bytecode",
        f"--python={environment}",
        "requirements.txt",
        folder=folder / name,
        purpose=f"installing {name}",
    )
    for failure in import_failures(interpreter(name, root), runtime.versions):
        progress(f"{name}: {failure}")
    (environment / _MARKER).write_text(_marker(folder / name), encoding="utf-8")
    seconds = round(time.monotonic() - started)
    progress(f"installed {name} in {seconds} seconds, {installed_megabytes(name, root)} MB")


def _make_environment(python: str, environment: Path, folder: Path) -> None:
    """Make an environment without packages."""
    found = find_interpreter(python)
    try:
        run_uv(
            *("venv", "--quiet", "--no-project"),
            # Without one here, uv must not stumble over what we have found not to run.
            *([f"--python={found}"] if found else [f"--python={python}", "--managed-python"]),
            str(environment),
            folder=folder,
            purpose=f"making {environment}",
        )
    except FailedPrecondition as error:
        if found or error.reason != "UV_FAILED":
            raise
        raise FailedPrecondition(
            f"Python {python} is missing, which {folder.name} runs on, and uv could not download "
            f"it: install Python {python} so that python{python} is on the PATH",
            reason="PYTHON_MISSING",
            detail=error.detail,
        ) from error


@contextmanager
def _only_one(name: str, root: Path, progress: Progress) -> Iterator[None]:
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / f".{name}.lock").open("w")
    except OSError as error:
        raise FailedPrecondition(
            f"{name} cannot be installed in {root}: use a folder that can be written to",
            reason="RUNTIMES_FOLDER_NOT_WRITABLE",
            detail=str(error),
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for {name}, which another process installs")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _marker(folder: Path) -> str:
    """What the marker of an installation says: the pins and the Python that it was made of."""
    pins = hashlib.sha256((folder / "requirements.txt").read_bytes()).hexdigest()
    return f"{pins}\n{python_version(folder)}\n"
