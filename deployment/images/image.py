"""The images: what each Dockerfile copies, and a hash of that."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from string import Template

from deployment.commands import output

REPOSITORY = Path(__file__).resolve().parents[2]

# A COPY out of another stage brings nothing new.
_COPIED = re.compile(r"^COPY (?!--from)(?P<sources>.+) \S+$", re.MULTILINE)
_BASE = re.compile(r"^ARG BASE=(\S+)$", re.MULTILINE)
_ARGUMENT = re.compile(r"^ARG (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """One image of a folder of sources: its Dockerfile is `Dockerfile.{name}` there.

    Attributes:
        name: of the Dockerfile, e.g. "job".
        folder: of the sources.
        tag: tells images of one Dockerfile apart on the machine that built them.
        target: the stage that is built; empty: the last.
        arguments: build arguments that choose what goes in.
    """

    name: str
    folder: Path = REPOSITORY
    tag: str = "latest"
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def dockerfile(self) -> Path:
        """How it is built."""
        return self.folder / f"Dockerfile.{self.name}"

    @property
    def base(self) -> str:
        """The image that it stands on, where nobody says otherwise."""
        return str(_BASE.findall(self._text())[0])

    @property
    def declared_arguments(self) -> set[str]:
        """The names of the build arguments that its Dockerfile takes."""
        return set(_ARGUMENT.findall(self._text()))

    @property
    def sources(self) -> list[str]:
        """The files and folders that its Dockerfile copies, in its order."""
        copied = [Template(line).safe_substitute(self.arguments) for line in self._copied()]
        return [source for line in copied for source in line.split() if "$" not in source]

    @property
    def inputs(self) -> list[str]:
        """Every path whose change changes the image."""
        return [self.dockerfile.name, ".dockerignore", *self.sources]

    def content_hash(self, base_digest: str, below: str = "") -> str:
        """A hash of everything that goes in: names and contents of the files, and the base.

        Args:
            base_digest: of the base.
            below: the image that it is put on, by digest; empty: the base.
        """
        chosen = [f"{name}={value}" for name, value in sorted(self.arguments.items())]
        digest = sha256("\n".join([base_digest, below, self.target, *chosen]).encode())
        for path in self._files():
            content = sha256((self.folder / path).read_bytes()).hexdigest()
            digest.update(f"\n{content} {path}".encode())
        return digest.hexdigest()[:32]

    def _text(self) -> str:
        return self.dockerfile.read_text(encoding="utf-8")

    def _copied(self) -> list[str]:
        return [str(sources) for sources in _COPIED.findall(self._text())]

    def _files(self) -> Iterator[str]:
        git = ("git", "-C", str(self.folder), "ls-files", "-z", "--")
        yield from sorted(filter(None, output(*git, *self.inputs).split("\0")))


IMAGES = (Image("job"), Image("gateway"))


def version() -> str:
    """The version that pyproject.toml names."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def revision() -> str:
    """The commit that is checked out."""
    return output("git", "-C", str(REPOSITORY), "rev-parse", "HEAD")
