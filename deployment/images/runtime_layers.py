"""The layers of the job image that hold its runtimes: each an image that stands on the one before.

An execution can choose no image, so one image holds every runtime of a deployment. First come the
system's libraries, then the runtimes in the order of their list, each after its Python unless an
earlier one has brought that. So a runtime that is added at the end of the list leaves the layers
of all others as they are, and a change of the code builds none of them.
"""

from collections.abc import Iterable
from pathlib import Path

from deployment.commands import CommandFailedError
from deployment.images.image import REPOSITORY, Image

_NAME = "runtime"


def runtime_layers(names: Iterable[str], folder: Path = REPOSITORY) -> list[Image]:
    """The layers for runtimes, the lowest first.

    Args:
        names: of runtimes, in their order, e.g. ["sklearn-1.5", "sklearn-1.9"].
        folder: of the sources; the definitions are in its folder `runtimes`.

    Raises:
        CommandFailedError: when there is no such runtime.
    """
    layers, pythons = [Image(_NAME, folder, tag="system", target="system")], set()
    for name in names:
        python = _python(name, folder / "runtimes")
        if python not in pythons:
            layers.append(_layer(f"python-{python}", "python", folder, PYTHON=python))
            pythons.add(python)
        layers.append(_layer(name, "runtime", folder, PYTHON=python, RUNTIME=name))
    return layers


def _layer(tag: str, target: str, folder: Path, **arguments: str) -> Image:
    return Image(_NAME, folder, tag, target, arguments)


def _python(name: str, definitions: Path) -> str:
    """The minor of a runtime's Python; the catalogue of `runtimes` needs more than Python alone."""
    known = sorted(path.parent.name for path in definitions.glob("*/requirements.txt"))
    if name not in known:
        raise CommandFailedError(f"there is no runtime {name!r}: there are {', '.join(known)}")
    return (definitions / name / ".python-version").read_text(encoding="utf-8").strip()
