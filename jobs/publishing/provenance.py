"""The provenance of a model: its author, git commit and library versions."""

import getpass
import platform
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# Package names by module; only imported modules are recorded.
_LIBRARIES = {
    "sklearn": "scikit-learn",
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "joblib": "joblib",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
}
_GIT_SECONDS = 10


def provenance() -> dict[str, Any]:
    """The author and the git commit, None where unknown; keys of metadata.json."""
    commit = _git("rev-parse", "HEAD")
    # Outside of a repository the commit is empty.
    git = {"commit": commit, "dirty": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    return {"author": author(), "git": git if commit else None}


def author() -> str | None:
    """The user's email in git, else the user's name on this machine, None without either."""
    if email := _git("config", "user.email"):
        return email
    with suppress(OSError, KeyError):  # a container's user may have no name
        return getpass.getuser()
    return None


def library_versions() -> dict[str, str]:
    """The versions of Python and of the imported modeling libraries, by package name."""
    versions = {"python": platform.python_version()}
    for module, package in _LIBRARIES.items():
        if module in sys.modules:
            with suppress(PackageNotFoundError):
                versions[package] = version(package)
    return versions


def _git(*arguments: str) -> str:
    try:
        completed = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, timeout=_GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return completed.stdout.strip()
