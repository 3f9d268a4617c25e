"""Artifact Registry, by the command lines that push to it: what is there, and under which tags."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from deployment.commands import CommandFailedError, ask, output, run
from deployment.images.builder import Builder
from deployment.images.image import Image, version

# Wherever it is built, e.g. on a laptop of another architecture; one manifest, so one digest.
_FOR_CLOUD_RUN = ("--platform=linux/amd64", "--provenance=false")


@dataclass(frozen=True)
class Registry:
    """The repository of one environment.

    Attributes:
        repository: `{region}-docker.pkg.dev/{project}/mlsys-{env}`.
        keeps_versions: whether a version that was published stays what it is.
    """

    repository: str
    keeps_versions: bool

    def publish(self, image: Image, base_digest: str, below: str = "") -> str:
        """Build and push the image unless one of the same inputs is there; return its digest name.

        Args:
            image: what to publish.
            base_digest: of the image that its Dockerfile names as the base.
            below: the image to put it on, by digest, if its Dockerfile takes one.

        Raises:
            CommandFailedError: when it cannot be built or pushed, or the version is taken.
        """
        below = below if "BELOW" in image.declared_arguments else ""
        inputs = f"inputs-{image.content_hash(base_digest, below)}"
        self._require_free(image, inputs)
        name = self._pushed(image, inputs, base_digest, below)
        for tag in (version(), "latest"):
            run("gcloud", "artifacts", "docker", "tags", "add", name, f"{self._path(image)}:{tag}")
        return name

    def publish_layers(self, layers: Sequence[Image], base_digest: str) -> str:
        """Publish images of which each stands on the one before; return the last one's digest name.

        They have no versions: each is known by its inputs alone.

        Raises:
            CommandFailedError: when one cannot be built or pushed.
        """
        below = ""
        for layer in layers:
            inputs = f"inputs-{layer.content_hash(base_digest, below)}"
            below = self._pushed(layer, inputs, base_digest, below)
        return below

    def _pushed(self, image: Image, inputs: str, base_digest: str, below: str) -> str:
        """The digest name of the image with the tag `inputs`, which is built if there is none."""
        if not self._tagged(image, inputs):
            base = f"{image.base.partition('@')[0]}@{base_digest}"
            tagged = f"{self._path(image)}:{inputs}"
            Builder("docker", base, _FOR_CLOUD_RUN).build(image, tagged, below)
            run("docker", "push", tagged)
        return f"{self._path(image)}@{self._digest(image, inputs)}"

    def log_in(self) -> None:
        """Let docker push with gcloud's credentials."""
        host = self.repository.partition("/")[0]
        run("gcloud", "auth", "configure-docker", host, "--quiet")

    def _require_free(self, image: Image, inputs: str) -> None:
        taken = self._tagged(image, version())
        if self.keeps_versions and taken and taken != self._tagged(image, inputs):
            raise CommandFailedError(
                f"version {version()} of {image.name} is published with other content: "
                "raise the version in pyproject.toml"
            )

    def _digest(self, image: Image, tag: str) -> str:
        if digest := self._tagged(image, tag):
            return digest
        raise CommandFailedError(f"{self._path(image)}:{tag} was pushed and is not there")

    def _tagged(self, image: Image, tag: str) -> str:
        """The digest that bears the tag, or nothing; an image that was never pushed is no error."""
        images = ("artifacts", "docker", "images", "list", self.repository, "--include-tags")
        for each in ask(*images):
            tags = each.get("tags") or []
            names = tags.split(",") if isinstance(tags, str) else tags
            if each["package"] == self._path(image) and tag in map(str.strip, names):
                return str(each["version"])
        return ""

    def _path(self, image: Image) -> str:
        return f"{self.repository}/{image.name}"


def base_digest(image: Image) -> str:
    """The digest that the base's tag points to now: its security updates are inputs too."""
    inspect = ("docker", "buildx", "imagetools", "inspect", "--format={{json .Manifest}}")
    return str(json.loads(output(*inspect, image.base))["digest"])
