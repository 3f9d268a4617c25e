"""Builds and smoke-tests the images on this machine, or publishes them.

`python -m deployment.images build [--engine E] [--base B] [--runtimes "R …"] [OPTION …]` builds
both, runs each command of theirs, has each runtime load a model, and prints their sizes. Options go
to podman or docker, e.g. --pull=never.
`python -m deployment.images publish --env E --project P --region R` builds what Artifact Registry
has not, and prints `job=…@sha256:…` and `gateway=…@sha256:…`; it needs nothing but Python.
"""

import argparse
import sys
from collections.abc import Sequence

from deployment.commands import CommandFailedError
from deployment.deployed_runtimes import deployed_runtimes
from deployment.images.builder import Builder
from deployment.images.container_engine import ENGINES, image_name, working_engine
from deployment.images.image import IMAGES
from deployment.images.registry import Registry, base_digest
from deployment.images.runtime_layers import runtime_layers

_SMOKE_PORT = 18080


def build(builder: Builder, runtimes: Sequence[str]) -> None:
    """Build both images, smoke-test them, print their sizes.

    Args:
        builder: builds them.
        runtimes: the names of those that the job image holds, in the order of their layers.
    """
    from deployment.definitions import Definitions  # noqa: PLC0415
    from deployment.images.smoke import (  # noqa: PLC0415  # needs the .venv
        check_jobs,
        check_runtimes,
        check_services,
    )

    layers = runtime_layers(runtimes)
    below = builder.build_layers(layers)
    for image in IMAGES:
        builder.build(image, image_name(image.name), below)
    definitions = Definitions("mlsys-local", "europe-west1", "dev")
    for line in check_jobs(builder.engine, definitions):
        _say(line)
    for line in check_services(builder.engine, definitions, _SMOKE_PORT):
        _say(line)
    check_runtimes(builder.engine, runtimes)
    _say(f"\n{builder.layer_sizes(layers)}\n\n{builder.sizes(IMAGES)}")


def publish(registry: Registry, runtimes: Sequence[str]) -> None:
    """See that both images are in the registry; print their names, by digest."""
    registry.log_in()
    layers = runtime_layers(runtimes)
    below = registry.publish_layers(layers, base_digest(layers[0]))
    for image in IMAGES:
        _say(f"{image.name}={registry.publish(image, base_digest(image), below)}")


def _engine() -> str:
    if engine := working_engine():
        return engine
    raise CommandFailedError(f"none of {', '.join(ENGINES)} works here: install one, or start it")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deployment.images")
    tasks = parser.add_subparsers(dest="task", required=True)
    building = tasks.add_parser("build", help="build and try both images on this machine")
    building.add_argument("--engine", choices=ENGINES, help="default: the first that works")
    building.add_argument("--base", default="", help="the image that they stand on")
    building.add_argument("--runtimes", default="", help="names; default: those of dev")
    publishing = tasks.add_parser("publish", help="see that both are in Artifact Registry")
    for option in ("--env", "--project", "--region"):
        publishing.add_argument(option, required=True)
    return parser


def _main(arguments: Sequence[str]) -> int:
    parser = _parser()
    given, options = parser.parse_known_args(arguments)
    if options and given.task == "publish":
        parser.error(f"unknown: {' '.join(options)}")
    try:
        if given.task == "build":
            runtimes = given.runtimes.split() or deployed_runtimes("dev")
            build(Builder(given.engine or _engine(), given.base, options), runtimes)
        else:
            repository = f"{given.region}-docker.pkg.dev/{given.project}/mlsys-{given.env}"
            registry = Registry(repository, keeps_versions=given.env == "prod")
            publish(registry, deployed_runtimes(given.env))
    except CommandFailedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
