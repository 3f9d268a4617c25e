"""The engine that runs containers from images: podman or docker, where one of them works."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence

ENGINES = ("docker", "podman")


def working_engine() -> str | None:
    """The first engine that is installed and answers."""
    return next((engine for engine in ENGINES if _answers(engine)), None)


def _answers(engine: str) -> bool:
    if not shutil.which(engine):
        return False
    return subprocess.run([engine, "info"], check=False, capture_output=True).returncode == 0


def image_name(image: str, tag: str = "latest") -> str:
    """What an image of ours is called on the machine that built it."""
    return f"localhost/mlsys-{image}:{tag}"


def in_image(
    engine: str, image: str, command: Sequence[str], names: Iterable[str]
) -> tuple[str, ...]:
    """Return the command line that runs a command in a container of an image.

    It shares this machine's network, where the local cloud listens on 127.0.0.1. Of the
    environment that the engine is started with it gets the variables that are named, and nothing
    of the laptop's files.
    """
    variables = (f"--env={name}" for name in names)
    options = ("--rm", "--network=host", "--pull=never", *variables)
    return (engine, "run", *options, image_name(image), *command)
