"""Builds the images with podman or docker."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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

    def build(self, image: Image, name: str, below: str = "") -> None:
        """Build the image and give it that name.

        Args:
            image: what to build.
            name: the name that it gets.
            below: the image to put it on, if its Dockerfile takes one; empty: the base.

        Raises:
            CommandFailedError: when it cannot be built.
        """
        base = self.base or image.base
        arguments = {
            "BASE": base,
            "BELOW": below or base,
            "VERSION": version(),
            "REVISION": revision(),
            **image.arguments,
        }
        declared = image.declared_arguments
        given = (f"--build-arg={key}={arguments[key]}" for key in arguments if key in declared)
        target = [f"--target={image.target}"] if image.target else []
        run(
            *(self.engine, "build", f"--file={image.dockerfile}", f"--tag={name}"),
            *(*target, *given, *self.options, str(image.folder)),
        )

    def build_layers(self, layers: Sequence[Image]) -> str:
        """Build images of which each stands on the one before; return the name of the last."""
        below = ""
        for layer in layers:
            self.build(layer, image_name(layer.name, layer.tag), below)
            below = image_name(layer.name, layer.tag)
        return below

    def sizes(self, images: Sequence[Image]) -> str:
        """A table of what the images weigh, in MB, and how much of it is the base."""
        base = self._megabytes(self._present(self.base or images[0].base))
        rows = [
            f"| {each.name} | {self._megabytes(image_name(each.name))} | {base} |"
            for each in images
        ]
        return "\n".join(["| image | MB | of that the base |", "|---|---|---|", *rows])

    def layer_sizes(self, layers: Sequence[Image]) -> str:
        """A table of what each layer adds to the one before, in MB, and the first to the base."""
        base = self._present(self.base or layers[0].base)
        names = [base, *(image_name(each.name, each.tag) for each in layers)]
        added = (size - below for below, size in pairwise(map(self._megabytes, names)))
        rows = [f"| {layer.tag} | {size} |" for layer, size in zip(layers, added, strict=True)]
        return "\n".join(["| layer of the job image | MB |", "|---|---|", *rows])

    def _present(self, name: str) -> str:
        # Docker's builder keeps the bases that it fetches to itself.
        if not succeeds(self.engine, "image", "inspect", name):
            run(self.engine, "pull", name)
        return name

    def _megabytes(self, name: str) -> int:
        size = output(self.engine, "image", "inspect", "--format={{.Size}}", name)
        return round(int(size) / _MEGABYTE)
