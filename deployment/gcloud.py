"""The real gcloud, asked for JSON."""

import json
import subprocess
from typing import Any


class GcloudError(Exception):
    """Gcloud refused, or is not there; the message says what it said."""


def ask(*arguments: str) -> Any:
    """What gcloud answers, parsed; it asks nobody back.

    Raises:
        GcloudError: when gcloud is missing or fails.
    """
    command = ["gcloud", *arguments, "--quiet", "--format=json"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise GcloudError("gcloud is not on the PATH: install the Google Cloud SDK") from error
    if ran.returncode:
        raise GcloudError(f"{' '.join(command)} failed: {ran.stderr.strip()}")
    return json.loads(ran.stdout)
