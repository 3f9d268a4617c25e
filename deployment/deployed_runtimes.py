"""The runtimes of an environment, from the file that Terraform reads too.

Terraform loads `*.auto.tfvars.json` by itself, so the containers' environment variable and their
image come from one list.
"""

import json
from pathlib import Path

TERRAFORM = Path(__file__).resolve().parents[1] / "terraform"


def runtimes_file(environment: str) -> str:
    """Where the list stands, seen from the folder of Terraform's files."""
    return f"envs/{environment}/runtimes.auto.tfvars.json"


def deployed_runtimes(environment: str, terraform: Path = TERRAFORM) -> tuple[str, ...]:
    """The names of the runtimes, in the order in which they lie in the image.

    Args:
        environment: dev, staging or prod.
        terraform: the folder of Terraform's files.

    Raises:
        FileNotFoundError: when there is no such environment.
    """
    return listed_runtimes(terraform / runtimes_file(environment))


def listed_runtimes(file: Path) -> tuple[str, ...]:
    """The names in a file of Terraform variables."""
    variables = json.loads(file.read_text(encoding="utf-8"))
    return tuple(map(str, variables["runtimes"]))
