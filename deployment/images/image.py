"""The images: what each Dockerfile copies, and a hash of that."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deployment.commands import output

REPOSITORY = Path(__file__).resolve().parents[2]

# A COPY out of another stage brings nothing new.
_COPIED = re.compile(r"^COPY (?!--from)(?P<sources>.+) \S+$", re.MULTILINE)
_BASE = re.compile(r"^ARG BASE=(\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """One image of a folder of sources: its Dockerfile is `Dockerfile.{name}` there."""

    name: str
    folder: Path = REPOSITORY

    @property
    def dockerfile(self) -> Path:
        """How it is built."""
        return self.folder / f"Dockerfile.{self.name}"

    @property
    def base(self) -> str:
        """The image that it stands on, where nobody says otherwise."""
        found = _BASE.findall(self.dockerfile.read_text(encoding="utf-8"))
        return str(found[0])

    @property
    def sources(self) -> list[str]:
        """The files and folders that its Dockerfile copies, in its order."""
        copied = _COPIED.findall(self.dockerfile.read_text(encoding="utf-8"))
        return [source for line in copied for source in line.split()]

    @property
    def inputs(self) -> list[str]:
        """Every path whose change changes the image."""
        return [self.dockerfile.name, ".dockerignore", *self.sources]

    def content_hash(self, base_digest: str) -> str:
        """A hash of everything that goes in: names and contents of the files, and the base."""
        digest = sha256(base_digest.encode())
        for path in self._files():
            content = sha256((self.folder / path).read_bytes()).hexdigest()
            digest.update(f"\n{content} {path}".encode())
        return digest.hexdigest()[:32]

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
