"""What a pull request, or a push to main, deploys to dev: `python -m deployment.changed_paths`.

Prints lines for GitHub's outputs: `images`, `terraform` and `deploys`, each true or false. Unlike
a filter in a workflow, this asks the Dockerfiles what images are made of. Python alone is needed.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Sequence

from deployment.commands import output
from deployment.deployed_runtimes import deployed_runtimes, runtimes_file
from deployment.images.image import IMAGES, REPOSITORY
from deployment.images.runtime_layers import runtime_layers

# What changes how everything is deployed.
_PIPELINE = ("deployment/", ".github/workflows/deploy.yml")
_TERRAFORM = ("terraform/",)
# Terraform reads it too.
_RUNTIMES = (f"terraform/{runtimes_file('dev')}",)
# The version is a tag of the images; definitions hold the containers' commands.
_VERSION = ("pyproject.toml",)

type _Parts = dict[str, bool]


def changed_parts(paths: Iterable[str]) -> _Parts:
    """Whether images and Terraform are to be deployed, of what changed."""
    changed = list(paths)
    images = (*IMAGES, *runtime_layers(deployed_runtimes("dev")))
    inputs = [each for image in images for each in image.inputs]
    sources = (*inputs, *_RUNTIMES, *_VERSION, *_PIPELINE)
    return {
        "images": any(_is_in(path, sources) for path in changed),
        "terraform": any(_is_in(path, (*_TERRAFORM, *_PIPELINE)) for path in changed),
    }


def outputs(parts: _Parts, *, may_deploy: bool) -> _Parts:
    """The parts that are deployed, and whether there are any; none for who may not deploy."""
    deployed = {name: may_deploy and changed for name, changed in parts.items()}
    return deployed | {"deploys": any(deployed.values())}


def _is_in(path: str, sources: Sequence[str]) -> bool:
    return any(path == source or path.startswith(source.rstrip("/") + "/") for source in sources)


def changed_paths(base: str) -> list[str] | None:
    """The paths that differ from where we left the base; None when there is no such commit."""
    known = subprocess.run(
        ["git", "-C", str(REPOSITORY), "cat-file", "-e", f"{base}^{{commit}}"],
        check=False,
        capture_output=True,
    )
    if known.returncode:
        return None
    compared = ("git", "-C", str(REPOSITORY), "diff", "--name-only", "-z", f"{base}...HEAD")
    return [path for path in output(*compared).split("\0") if path]


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.changed_paths")
    parser.add_argument("--base", required=True, help="the commit to compare with")
    parser.add_argument(
        "--may_deploy", choices=("true", "false"), required=True, help="false: for a fork"
    )
    given = parser.parse_args(arguments)
    paths = changed_paths(given.base)
    # Without a base to compare with, as after a force push: better too much than too little.
    everything = {"images": True, "terraform": True}
    parts = everything if paths is None else changed_parts(paths)
    for name, value in outputs(parts, may_deploy=given.may_deploy == "true").items():
        sys.stdout.write(f"{name}={str(value).lower()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
