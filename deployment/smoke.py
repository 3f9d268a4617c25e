"""Tries a deployment as its users do: health, a dry run, and one real prediction.

`python -m deployment.smoke --env dev --project P --region R --gateway_url URL --input_table T
--output_table T`. The dry run goes through gcloud, the prediction through the gateway. Python and
gcloud are all that it needs.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from deployment.commands import CommandFailedError, run

TOKEN = "IDENTITY_TOKEN"  # noqa: S105  # the variable's name

_ANSWER_SECONDS = 60
_PATIENCE_SECONDS = 900
_POLL_SECONDS = 2.0


class SmokeError(Exception):
    """The deployment did not do what it should; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """One smoke test: its requests, and the deployment that gets them.

    Attributes:
        env: dev, staging or prod.
        project: Google Cloud project.
        region: where the jobs are.
        input_table: the table that is scored.
        output_table: the table that gets the predictions; it is truncated.
        model: name and version, e.g. `titanic-survival/v1`.
        token: identity token for a gateway behind IAM; empty for one that asks for none.
        say: gets each sentence of what was seen.
    """

    env: str
    project: str
    region: str
    input_table: str
    output_table: str
    model: str = "titanic-survival/v1"
    token: str = ""
    say: Callable[[str], None] = lambda _: None

    def test(self, gateway_url: str) -> None:
        """Try everything, at that gateway.

        Raises:
            SmokeError: at the first thing that is not as it should be.
        """
        self._health(gateway_url)
        self._dry_run()
        self._prediction(gateway_url)

    def _health(self, url: str) -> None:
        health = self._get(f"{url}/health")
        if health.get("status") != "healthy" or health.get("env") != self.env:
            raise SmokeError(f"{url}/health says {health}, not healthy in {self.env}")
        self.say(f"healthy in {self.env}")

    def _dry_run(self) -> None:
        given = [f"--{name}={value}" for name, value in self._request.items()]
        command = ("gcloud", "run", "jobs", "execute", f"mlsys-predict-{self.env}", "--wait")
        where = (f"--project={self.project}", f"--region={self.region}")
        try:
            run(*command, *where, "--quiet", f"--args={','.join([*given, '--dry_run'])}")
        except CommandFailedError as error:
            raise SmokeError(f"the dry run failed: {error}") from error
        self.say("a dry run finds model and table")

    def _prediction(self, url: str) -> None:
        asked = urllib.parse.urlencode(self._request | {"run_id": f"smoke-{uuid4().hex}"})
        launched = self._get(f"{url}/predict?{asked}")
        for status in self._statuses(url + launched["status_url"]):
            if status["state"] in {"FAILED", "CANCELLED"}:
                raise SmokeError(f"the prediction ended as {status['state']}: {status['error']}")
            if status["state"] == "SUCCEEDED":
                rows = (status["outcome"] or {}).get("rows")
                if not rows:
                    raise SmokeError(f"the prediction wrote no rows: {status}")
                self.say(f"{rows} rows are predicted in {self.output_table}")

    @property
    def _request(self) -> dict[str, str]:
        name, _, version = self.model.partition("/")
        return {
            "env": self.env,
            "input_table": self.input_table,
            "output_table": self.output_table,
            "model_name": name,
            "model_version": version,
            "write_disposition": "truncate",
        }

    def _statuses(self, url: str) -> Iterator[Mapping[str, Any]]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status = self._get(url)
            yield status
            if status["state"] == "SUCCEEDED":
                return
            time.sleep(_POLL_SECONDS)
        raise SmokeError(f"the prediction was not over after {_PATIENCE_SECONDS} s: {url}")

    def _get(self, url: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # from who deploys
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
                content: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read(2000).decode(errors="replace")
            raise SmokeError(f"{url} answered {error.code}: {said}") from error
        except (OSError, ValueError) as error:
            raise SmokeError(f"{url} gave no answer: {error}") from error
        return content


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command line the options that a smoke test takes."""
    for name in ("env", "project", "region", "input_table", "output_table"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--model", default=Smoke.model, help="default: %(default)s")


def from_arguments(given: argparse.Namespace, environ: Mapping[str, str]) -> Smoke:
    """The smoke test that a command line asks for; the token is not for command lines."""
    names = ("env", "project", "region", "input_table", "output_table", "model")
    options = {name: getattr(given, name) for name in names}
    return Smoke(**options, token=environ.get(TOKEN, ""), say=say)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.smoke")
    add_arguments(parser)
    parser.add_argument("--gateway_url", required=True)
    given = parser.parse_args(arguments)
    try:
        from_arguments(given, environ).test(given.gateway_url.rstrip("/"))
    except SmokeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:], os.environ))
