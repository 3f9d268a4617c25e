"""Where a model comes from: who published it, from which commit, with which libraries."""

import getpass
import platform
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# Of those that are installed, the ones that this process has imported.
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
    """Author and git commit, as far as this machine tells them."""
    commit = _git("rev-parse", "HEAD")
    # None outside a repository; a change that was not committed is not in the commit.
    git = {"commit": commit, "dirty": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    return {"author": author(), "git": git if commit else None}


def author() -> str | None:
    """Who works here: git's user, else the machine's."""
    if email := _git("config", "user.email"):
        return email
    with suppress(OSError, KeyError):  # nobody, in a container
        return getpass.getuser()
    return None


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a model is made of."""
    versions = {"python": platform.python_version()}
    for module, package in _LIBRARIES.items():
        if module in sys.modules:
            with suppress(PackageNotFoundError):
                versions[package] = version(package)
    return versions


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, timeout=_GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
