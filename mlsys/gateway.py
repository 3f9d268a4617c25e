"""The gateway for notebooks: a table is scored, and the caller waits for it.

The same line works on Google Cloud and on the local cloud; GATEWAY_URL says where the gateway is.
"""

import time
from collections.abc import Iterator
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

_ANSWER_SECONDS = 60
_POLL_SECONDS = 0.5
_TO_THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})

# https://google.aip.dev/193: what the gateway calls them
_KINDS: dict[str, type[MlsysError]] = {
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
    """Score a table with a registered model into another table, and wait until the rows are there.

    Args:
        model_name: e.g. "titanic-survival".
        input_table: `dataset.table` or `project.dataset.table`.
        output_table: likewise; created when it does not exist.
        model_version: v1, v2, …, an alias such as "champion", or "latest".
        wait_seconds: how long to wait; the prediction goes on all the same.
        parameters: further ones of `docs/reference/prediction-parameters.md`.

    Returns:
        What was committed, as in `prediction_runs`: run_id, rows, seconds, …

    Raises:
        InvalidArgument, NotFound, PermissionDenied, Conflict: as the gateway answers.
        FailedPrecondition: when the prediction cannot succeed, and why.
        Transient: when the gateway is away, or the prediction is not over in time.
    """
    asked = {
        "env": session().settings.environment,
        "model_name": model_name,
        "model_version": model_version,
        "input_table": input_table,
        "output_table": output_table,
        **parameters,
    }
    launched = _answer("POST", "/predict", asked)
    for status in _statuses(launched["status_url"], wait_seconds):
        if status["state"] == "SUCCEEDED":
            return dict(status["outcome"])
        if status["state"] in {"FAILED", "CANCELLED"}:
            why = status["error"] or "somebody cancelled it"
            raise FailedPrecondition(f"{launched['execution_id']} {status['state']}: {why}")
    raise Transient(
        f"{launched['execution_id']} is not over after {wait_seconds:g} s: it goes on, and "
        f"run_id={launched['run_id']!r} gives its outcome later"
    )


def _statuses(path: str, wait_seconds: float) -> Iterator[dict[str, Any]]:
    deadline = time.monotonic() + wait_seconds
    while True:
        yield _answer("GET", path)
        if time.monotonic() > deadline:
            return
        time.sleep(_POLL_SECONDS)


def _answer(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    url = _url()
    try:
        answer = requests.request(
            method, url + path, json=body, headers=_identity(url), timeout=_ANSWER_SECONDS
        )
        content: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        raise Transient(f"the gateway at {url} gives no answer", detail=str(error)) from error
    if not answer.ok:
        raise _refusal(answer.status_code, content)
    return content


def _refusal(code: int, content: dict[str, Any]) -> MlsysError:
    told = content.get("error", {})
    kind = _KINDS.get(told.get("status", ""), Transient)
    reason = next((each.get("reason") for each in told.get("details", ())), None)
    return kind(told.get("message", f"the gateway answered {code}"), reason=reason)


def _url() -> str:
    if url := session().settings.gateway_url:
        return url.rstrip("/")
    raise InvalidArgument(
        "GATEWAY_URL is not set: set it to the gateway's URL, in the environment or in .env "
        '(on the local cloud: eval "$(make -s env)")'
    )


def _identity(url: str) -> dict[str, str]:
    """The header that Cloud Run asks for; a gateway on this machine asks for none.

    https://cloud.google.com/run/docs/authenticating/service-to-service
    """
    if urlsplit(url).hostname in _TO_THIS_MACHINE:
        return {}
    try:
        token = id_token.fetch_id_token(Request(), url)
    except GoogleAuthError as error:
        raise PermissionDenied(
            f"no identity for {url}: as a person, run `gcloud run services proxy "
            f"mlsys-{session().settings.environment}`, and set GATEWAY_URL to the address "
            "that it prints",
            detail=str(error),
        ) from error
    return {"Authorization": f"Bearer {token}"}
