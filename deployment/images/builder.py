"""Builds the images with podman or docker."""

from collections.abc import Sequence
from dataclasses import dataclass

from deployment.commands import output, run, succeeds
from deployment.images.container_engine import image_name
from deployment.images.image import Image, revision, version

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Builder:
    """How images are built.

    Attributes:
        engine: podman or docker.
        base: the image to stand on; empty: the one that the Dockerfile names.
        options: further arguments of `build`.
    """

    engine: str
    base: str = ""
    options: Sequence[str] = ()

    def build(self, image: Image, name: str) -> None:
        """Build the image and give it that name.

        Raises:
            CommandFailedError: when it cannot be built.
        """
        arguments = {
            "BASE": self.base or image.base,
            "VERSION": version(),
            "REVISION": revision(),
        }
        given = (f"--build-arg={key}={value}" for key, value in arguments.items())
        run(
            *(self.engine, "build", f"--file={image.dockerfile}", f"--tag={name}"),
            *(*given, *self.options, str(image.folder)),
        )

    def sizes(self, images: Sequence[Image]) -> str:
        """A table of what the images weigh, in MB, and how much of it is the base."""
        base = self._megabytes(self._present(self.base or images[0].base))
        rows = [
            f"| {each.name} | {self._megabytes(image_name(each.name))} | {base} |"
            for each in images
        ]
        return "\n".join(["| image | MB | of that the base |", "|---|---|---|", *rows])

    def _present(self, name: str) -> str:
        # Docker's builder keeps the bases that it fetches to itself.
        if not succeeds(self.engine, "image", "inspect", name):
            run(self.engine, "pull", name)
        return name

    def _megabytes(self, name: str) -> int:
        size = output(self.engine, "image", "inspect", "--format={{.Size}}", name)
        return round(int(size) / _MEGABYTE)
