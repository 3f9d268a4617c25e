"""The runtimes that are installed here, by name; on a laptop, installs one that is asked for."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from runtimes.catalog import DEFAULT_RUNTIME, FOLDER, Runtime, read_catalog
from runtimes.installation import install, interpreter, is_installed
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings

log = logging.getLogger(__name__)

# Dockerfile.job installs them here.
_IMAGE_FOLDER = Path("/opt/runtimes")


@dataclass(frozen=True)
class RuntimeStore:
    """A folder of installed runtimes.

    Attributes:
        folder: holds a folder for each runtime.
        installs: whether a missing runtime is installed when it is asked for.
        names: of the runtimes that may be used; empty: all.
    """

    folder: Path
    installs: bool = False
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The store of an image, or else one in the user's cache, which grows when needed."""
        names = settings.runtimes
        if settings.runtimes_folder:
            installs = settings.installs_runtimes == "yes"
            return cls(Path(settings.runtimes_folder), installs, names)
        if _IMAGE_FOLDER.is_dir():
            return cls(_IMAGE_FOLDER, names=names)
        return cls(Path.home() / ".cache" / "mlsys" / "runtimes", installs=True, names=names)

    @cached_property
    def catalog(self) -> tuple[Runtime, ...]:
        """Every runtime that is known, installed or not, by ascending version of scikit-learn."""
        return read_catalog(FOLDER)

    def interpreter(self, name: str) -> Path:
        """The Python of a runtime.

        Raises:
            FailedPrecondition: when it is not installed here, or cannot be installed, or is none
                of this deployment.
        """
        if self.names and name not in self.names:
            raise _missing(name)
        if not is_installed(name, self.folder):
            if not self.installs:
                raise _missing(name)
            install(name, self.folder, progress=log.info)
        # Absolute, because a fork server has a working folder of its own; but a link stays a link,
        # because Python finds its environment by the path that it is started by.
        return interpreter(name, self.folder).absolute()


def _missing(name: str) -> FailedPrecondition:
    hint = "" if name == DEFAULT_RUNTIME else f": the operator adds {name} to Terraform's runtimes"
    return FailedPrecondition(
        f"the runtime {name} is not part of this deployment{hint}", reason="RUNTIME_MISSING"
    )
