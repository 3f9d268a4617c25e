"""Runs other programs: what they print is seen, and their failure is one sentence."""

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from shutil import which
from typing import Any


class CommandFailedError(Exception):
    """A program is missing, or said that it failed."""


def run(*command: str) -> None:
    """Run it; what it prints goes to our standard error, as our output is for programs.

    Raises:
        CommandFailedError: when it fails.
    """
    _completed(command, stdout=sys.stderr)


def output(*command: str) -> str:
    """What it prints, stripped.

    Raises:
        CommandFailedError: when it fails.
    """
    return str(_completed(command, stdout=subprocess.PIPE).stdout).strip()


def succeeds(*command: str) -> bool:
    """Whether there is such a program and it succeeds, whatever it says."""
    if not which(command[0]):
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _completed(command: Sequence[str], stdout: object) -> "subprocess.CompletedProcess[str]":
    shown = shlex.join(command)
    try:
        return subprocess.run(command, check=True, text=True, stdout=stdout)  # type: ignore[call-overload,no-any-return]  # a file or PIPE
    except FileNotFoundError as error:
        raise CommandFailedError(f"{command[0]} is not installed: {shown}") from error
    except subprocess.CalledProcessError as error:
        raise CommandFailedError(f"exit code {error.returncode}: {shown}") from error


def ask(*arguments: str) -> Any:
    """What gcloud answers, parsed; it asks nobody back.

    Raises:
        CommandFailedError: when gcloud is missing or fails.
    """
    return json.loads(output("gcloud", *arguments, "--quiet", "--format=json"))
