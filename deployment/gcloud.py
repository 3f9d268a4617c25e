"""The real gcloud, asked for JSON."""

import json
from typing import Any

from deployment.commands import output


def ask(*arguments: str) -> Any:
    """What gcloud answers, parsed; it asks nobody back.

    Raises:
        CommandFailedError: when gcloud is missing or fails.
    """
    return json.loads(output("gcloud", *arguments, "--quiet", "--format=json"))
