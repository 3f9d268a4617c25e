"""Which runtimes there are: a folder `sklearn-{minor}` each, with the versions that it pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from packaging.markers import default_environment
from packaging.version import Version

from runtimes.requirements import package, requirements
from shared.errors import NotFound

DEFAULT_RUNTIME = "sklearn-1.9"
FOLDER = Path(__file__).parent

_PREFIX = "sklearn-"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Python environment that models are scored in.

    Attributes:
        name: `sklearn-` and the minor of its scikit-learn, e.g. "sklearn-1.5".
        python: the minor of its Python, e.g. "3.11".
        versions: of its packages on this kind of machine, by normalised name. XGBoost is "xgboost"
            also where it is installed from the distribution xgboost-cpu.
    """

    name: str
    python: str
    versions: Mapping[str, str]


def runtime_name(minor: str) -> str:
    """The name of the runtime for a minor of scikit-learn."""
    return f"{_PREFIX}{minor}"


def minor_of(name: str) -> str:
    """The minor of scikit-learn that a runtime is for."""
    return name.removeprefix(_PREFIX)


def read_catalog(folder: Path) -> tuple[Runtime, ...]:
    """The runtimes of a folder that are compiled, by ascending version of scikit-learn.

    Raises:
        InvalidArgument: when a requirements.txt has a line that is no requirement.
    """
    found = [path.parent for path in folder.glob(f"{_PREFIX}*/requirements.txt")]
    return tuple(map(_runtime, sorted(found, key=lambda path: Version(minor_of(path.name)))))


def find_runtime(name: str, folder: Path) -> Runtime:
    """The runtime of that name.

    Raises:
        NotFound: when there is none.
    """
    catalog = read_catalog(folder)
    for each in catalog:
        if each.name == name:
            return each
    raise NotFound(
        f"there is no runtime {name!r}: there are {', '.join(each.name for each in catalog)}",
        reason="RUNTIME_NOT_FOUND",
        runtime=name,
    )


def python_version(folder: Path) -> str:
    """The minor of Python that the folder of a runtime asks for."""
    return (folder / ".python-version").read_text(encoding="utf-8").strip()


def _runtime(folder: Path) -> Runtime:
    python = python_version(folder)
    environment = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    versions = {
        package(pinned): str(next(iter(pinned.specifier)).version)
        for pinned in requirements((folder / "requirements.txt").read_text(encoding="utf-8"))
        if not pinned.marker or pinned.marker.evaluate(environment)
    }
    return Runtime(folder.name, python, MappingProxyType(versions))
