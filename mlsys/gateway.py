"""Calls the gateway over HTTP: launches a prediction, follows it and raises the gateway's errors.

`predict` is for notebooks; the command `mlsys predict` uses `GatewayClient`. The address
of the gateway is the setting GATEWAY_URL, on Google Cloud and on the local cloud.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from mlsys.session import session
from shared.errors import (
    Conflict,
    DataLoss,
    FailedPrecondition,
    InvalidArgument,
    MlsysError,
    NotFound,
    PermissionDenied,
    Transient,
)
from shared.settings.settings import Settings

_RESPONSE_SECONDS = 60
_POLL_SECONDS = 0.5
# Following a run survives a new revision of the gateway and a short network failure.
_OUTAGE_SECONDS = 60
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})

_IDENTITY_HEADER = '"Authorization: Bearer $(gcloud auth print-identity-token)"'

# By the gateway's status, see https://google.aip.dev/193
_ERRORS: dict[str, type[MlsysError]] = {
    "ALREADY_EXISTS": Conflict,
    "DATA_LOSS": DataLoss,
    "FAILED_PRECONDITION": FailedPrecondition,
    "INVALID_ARGUMENT": InvalidArgument,
    "NOT_FOUND": NotFound,
    "PERMISSION_DENIED": PermissionDenied,
}


def predict(
    model_name: str,
    input_table: str,
    output_table: str,
    model_version: str = "latest",
    *,
    wait_seconds: float = 3600,
    **parameters: Any,
) -> dict[str, Any]:
    """Score a table with a registered model into another table, and wait until it is done.

    Args:
        model_name: e.g. "titanic-survival".
        input_table: `dataset.table` or `project.dataset.table`.
        output_table: in the same form; created if it does not exist.
        model_version: v1, v2, …, an alias such as "champion", or "latest".
        wait_seconds: how long to wait; the prediction continues afterwards.
        parameters: other parameters of `docs/reference/prediction-parameters.md`, and tasks,
            max_bytes and dry_run.

    Returns:
        The run's row in `prediction_runs`: run_id, rows, seconds, …; with dry_run, what would be
        read, written and billed.

    Raises:
        InvalidArgument, NotFound, PermissionDenied, Conflict: when the gateway returns such an
            error.
        FailedPrecondition: when the prediction cannot succeed, with the reason.
        Transient: when the gateway is unavailable, or the prediction does not end in time.
    """
    settings = session().settings
    gateway = GatewayClient.of(settings)
    request = {
        "env": settings.environment,
        "model_name": model_name,
        "model_version": model_version,
        "input_table": input_table,
        "output_table": output_table,
        **parameters,
    }
    launched = gateway.predict(request)
    if "status_url" not in launched:
        return launched
    for status in gateway.statuses(launched, wait_seconds):
        if status["state"] == "SUCCEEDED":
            return dict(status["outcome"])
    raise Transient(
        f"{launched['execution_id']} is not over after {wait_seconds:g} s: it goes on, and "
        f"run_id={launched['run_id']!r} gives its outcome later"
    )


@dataclass(frozen=True, slots=True)
class GatewayClient:
    """The gateway of one deployment.

    Attributes:
        url: without a trailing slash.
        environment: of the deployment: dev, staging or prod.
    """

    url: str
    environment: str

    @classmethod
    def of(cls, settings: Settings) -> "GatewayClient":
        """The gateway at the address in the settings.

        Raises:
            InvalidArgument: when GATEWAY_URL is not set.
        """
        if url := settings.gateway_url:
            return cls(url.rstrip("/"), settings.environment)
        raise InvalidArgument(
            "GATEWAY_URL is not set: set it to the gateway's URL, in the environment or in .env "
            '(on the local cloud: eval "$(make -s env)")'
        )

    def predict(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Launch a prediction: execution_id, run_id, status_url; with dry_run, its report.

        Raises:
            MlsysError: when the gateway refuses the request.
            Transient: when it does not answer.
        """
        return self._call("POST", "/predict", dict(parameters))

    def statuses(
        self, launched: Mapping[str, Any], wait_seconds: float = math.inf
    ) -> Iterator[dict[str, Any]]:
        """Poll the status of an execution until it has ended or the time is over.

        Raises:
            FailedPrecondition: when it failed or was cancelled, with the reason.
            Transient: when the gateway does not answer for a minute.
        """
        deadline = time.monotonic() + wait_seconds
        answered = time.monotonic()
        while True:
            try:
                status = self._call("GET", launched["status_url"])
            except Transient:
                if time.monotonic() - answered > _OUTAGE_SECONDS:
                    raise
            else:
                answered = time.monotonic()
                _require_no_failure(status)
                yield status
                if status["state"] == "SUCCEEDED":
                    return
            if time.monotonic() > deadline:
                return
            time.sleep(_POLL_SECONDS)

    def cancel_command(self, execution_id: str) -> str:
        """The shell command that cancels an execution."""
        token = "" if self._is_local() else f"-H {_IDENTITY_HEADER} "
        return f"curl -X POST {token}{self.url}/executions/{execution_id}:cancel"

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            response = requests.request(
                method,
                self.url + path,
                json=body,
                headers=self._headers(),
                timeout=_RESPONSE_SECONDS,
            )
            content: dict[str, Any] = response.json()
        except requests.RequestException as error:
            message = f"the gateway at {self.url} gives no answer"
            raise Transient(message, detail=str(error)) from error
        if not response.ok:
            raise _error(response.status_code, content)
        return content

    def _is_local(self) -> bool:
        return urlsplit(self.url).hostname in _LOCAL_HOSTS

    def _headers(self) -> dict[str, str]:
        """The Authorization header for Cloud Run; a gateway on this machine needs none.

        https://cloud.google.com/run/docs/authenticating/service-to-service
        """
        if self._is_local():
            return {}
        try:
            token = id_token.fetch_id_token(Request(), self.url)
        except GoogleAuthError as error:
            raise PermissionDenied(
                f"no identity for {self.url}: as a person, run `gcloud run services proxy "
                f"mlsys-{self.environment}`, and set GATEWAY_URL to the address that it prints",
                detail=str(error),
            ) from error
        return {"Authorization": f"Bearer {token}"}


def _require_no_failure(status: Mapping[str, Any]) -> None:
    if status["state"] in {"FAILED", "CANCELLED"}:
        reason = status["error"] or "it was cancelled by a user"
        raise FailedPrecondition(f"{status['execution_id']} {status['state']}: {reason}")


def _error(code: int, content: Mapping[str, Any]) -> MlsysError:
    error = content.get("error", {})
    error_class = _ERRORS.get(error.get("status", ""), Transient)
    reason = next((each.get("reason") for each in error.get("details", ())), None)
    return error_class(error.get("message", f"the gateway answered {code}"), reason=reason)
