"""What the processes of a local cloud find in their environment."""

import os
import sys
import tempfile
from pathlib import Path

from local.cloud import Cloud
from local.definitions import REPOSITORY

# As in the images: the packages are found wherever a command comes from, and logs are prompt.
PYTHON = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def user_folder(cloud: Cloud) -> Path:
    """Return the home folder of the services' user: empty, so without anybody's credentials."""
    return cloud.home / "user"


def process_environment(home: Path) -> dict[str, str]:
    """Return the environment of a process with this home folder; nothing is inherited."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        **PYTHON,
    }


def starting_environment(cloud: Cloud) -> dict[str, str]:
    """What starts containers: an engine needs its user's environment, a process a clean one."""
    clean = process_environment(user_folder(cloud))
    return {**clean, **os.environ, "PATH": clean["PATH"], **PYTHON} if cloud.engine else clean


def container_environment(cloud: Cloud) -> dict[str, str]:
    """Return the environment of a process that plays a container."""
    return {**process_environment(user_folder(cloud)), **cloud.container_variables}
