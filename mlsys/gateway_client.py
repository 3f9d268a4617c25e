"""The gateway over HTTP: launches a prediction and follows it; what it refuses is our error."""

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

_ANSWER_SECONDS = 60
_POLL_SECONDS = 0.5
# A new revision of the gateway, or a network that is away, is no reason to stop following.
_PATIENCE_SECONDS = 60
_TO_THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})

_IDENTITY = '"Authorization: Bearer $(gcloud auth print-identity-token)"'

# https://google.aip.dev/193: what the gateway calls them
_KINDS: dict[str, type[MlsysError]] = {
    "ALREADY_EXISTS": Conflict,
    "DATA_LOSS": DataLoss,
    "FAILED_PRECONDITION": FailedPrecondition,
    "INVALID_ARGUMENT": InvalidArgument,
    "NOT_FOUND": NotFound,
    "PERMISSION_DENIED": PermissionDenied,
}


@dataclass(frozen=True, slots=True)
class GatewayClient:
    """The gateway of one deployment.

    Attributes:
        url: without a slash at its end.
        environment: the deployment's: dev, staging or prod.
    """

    url: str
    environment: str

    @classmethod
    def of(cls, settings: Settings) -> "GatewayClient":
        """The gateway that the settings name.

        Raises:
            InvalidArgument: when they name none.
        """
        if url := settings.gateway_url:
            return cls(url.rstrip("/"), settings.environment)
        raise InvalidArgument(
            "GATEWAY_URL is not set: set it to the gateway's URL, in the environment or in .env "
            '(on the local cloud: eval "$(make -s env)")'
        )

    def predict(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Launch a prediction: execution_id, run_id, status_url; with dry_run, a report.

        Raises:
            MlsysError: as the gateway refuses.
            Transient: when it gives no answer.
        """
        return self._answer("POST", "/predict", dict(parameters))

    def statuses(
        self, launched: Mapping[str, Any], wait_seconds: float = math.inf
    ) -> Iterator[dict[str, Any]]:
        """What an execution is doing, again and again, until it has ended or the time is over.

        Raises:
            FailedPrecondition: when it failed or was cancelled, and why.
            Transient: when the gateway gives no answer for a minute.
        """
        deadline = time.monotonic() + wait_seconds
        answered = time.monotonic()
        while True:
            try:
                status = self._answer("GET", launched["status_url"])
            except Transient:
                if time.monotonic() - answered > _PATIENCE_SECONDS:
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
        """What to type to cancel an execution."""
        token = "" if self._is_here() else f"-H {_IDENTITY} "
        return f"curl -X POST {token}{self.url}/executions/{execution_id}:cancel"

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = requests.request(
                method,
                self.url + path,
                json=body,
                headers=self._identity(),
                timeout=_ANSWER_SECONDS,
            )
            content: dict[str, Any] = answer.json()
        except requests.RequestException as error:
            sentence = f"the gateway at {self.url} gives no answer"
            raise Transient(sentence, detail=str(error)) from error
        if not answer.ok:
            raise _refusal(answer.status_code, content)
        return content

    def _is_here(self) -> bool:
        return urlsplit(self.url).hostname in _TO_THIS_MACHINE

    def _identity(self) -> dict[str, str]:
        """The header that Cloud Run asks for; a gateway on this machine asks for none.

        https://cloud.google.com/run/docs/authenticating/service-to-service
        """
        if self._is_here():
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
        why = status["error"] or "somebody cancelled it"
        raise FailedPrecondition(f"{status['execution_id']} {status['state']}: {why}")


def _refusal(code: int, content: Mapping[str, Any]) -> MlsysError:
    told = content.get("error", {})
    kind = _KINDS.get(told.get("status", ""), Transient)
    reason = next((each.get("reason") for each in told.get("details", ())), None)
    return kind(told.get("message", f"the gateway answered {code}"), reason=reason)
