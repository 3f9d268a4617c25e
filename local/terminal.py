"""What a person at a terminal reads, and what its shell evaluates."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from local.cloud import Cloud
from local.home import DEFAULT_HOME


def say(text: str) -> None:
    """Print to standard output, for as long as somebody is there to read it."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        # The terminal was closed, or a pipe's reader has gone. There is work to finish all the
        # same, and the interpreter must not stumble over the unread rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> int:
    """Print to standard error and return the exit code of a failure."""
    sys.stderr.write(f"{text}\n")
    return 1


def banner(cloud: Cloud) -> str:
    """Return what is printed when a cloud starts."""
    return (
        f"A local Google Cloud: project {cloud.project}, region {cloud.region}, "
        f"environment {cloud.environment}.\n"
        f"Data and logs are in {cloud.home}. Ctrl-C stops everything.\n"
    )


def suggestions(home: Path) -> str:
    """Return what to try on a cloud that has just started."""
    return f"""Try in another terminal:
  eval "$({env_command(home)})"
  gcloud storage ls
  gcloud run jobs list
  bq ls
  curl "$GATEWAY_URL/health"
"""


def env_command(home: Path) -> str:
    """Return the command that prints how to reach the cloud in the given home."""
    return "make -s env" if home == DEFAULT_HOME else f"python -m local env --home {home}"


def export_lines(variables: Mapping[str, str]) -> str:
    """Return one `export NAME=value` line a variable, quoted for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
