"""Checks Terraform's files without a cloud, or formats them.

`python -m deployment.terraform check|format [FOLDER …]`, in the environment of the group
`terraform`. Each root module is applied to a stand-in for the provider, and the module itself
with everything in it turned on.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployment.deployed_runtimes import listed_runtimes, runtimes_file
from deployment.terraform import parity, rules
from deployment.terraform.offline_plan import (
    RefusedError,
    format_files,
    planned_resources,
    prepare,
    unformatted,
)
from deployment.terraform.provider import Provider, serve
from deployment.terraform.schema import provider_schema
from shared.settings.settings import ENVIRONMENTS

_REPOSITORY = Path(__file__).resolve().parents[2]
_MODULE = "modules/mlsys"
_ROOTS = [*(f"envs/{environment}" for environment in ENVIRONMENTS), _MODULE]
_EVERYTHING = Path(__file__).with_name("everything.tfvars.json")


def findings(folder: Path, root: str) -> Iterator[str]:
    """What is wrong with a root module, one sentence each."""
    variables = _EVERYTHING if root == _MODULE else None
    environment = "dev" if root == _MODULE else Path(root).name
    runtimes = listed_runtimes(variables or folder / runtimes_file(environment))
    try:
        resources = planned_resources(folder, root, variables)
    except RefusedError as refusal:
        yield str(refusal)
        return
    for rule in rules.RULES:
        yield from rule(resources)
    yield from parity.differences(resources, parity.deployed(environment, folder, runtimes))


def check(folders: Sequence[Path], roots: Sequence[str]) -> int:
    """Print every finding; return their number."""
    pairs = [(folder, root) for folder in folders for root in roots]
    with serve(Provider(provider_schema())) as provider, ThreadPoolExecutor(2) as pool:
        prepare(provider)
        found = [f"{path}: run `make format`" for folder in folders for path in unformatted(folder)]
        each_found = pool.map(lambda pair: list(findings(*pair)), pairs)
        for (folder, root), of_root in zip(pairs, each_found, strict=True):
            found += [f"{folder / root}: {finding}" for finding in of_root]
    print(*found, sep="\n", end="\n" if found else "")  # noqa: T201  # the linter's output
    return len(found)


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.terraform")
    parser.add_argument("task", choices=["check", "format"])
    parser.add_argument("folders", nargs="*", type=Path, default=[_REPOSITORY / "terraform"])
    parser.add_argument("--root", action="append", dest="roots", help="default: every one")
    given = parser.parse_args(arguments)
    if given.task == "check":
        return min(check(given.folders, given.roots or _ROOTS), 1)
    for folder in given.folders:
        format_files(folder)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
