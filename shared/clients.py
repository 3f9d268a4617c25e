"""Google Cloud's clients, each made once, and the translation of their errors.

Only this module uses the endpoints of the local cloud.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared import google_exceptions
from shared.errors import (
    Conflict,
    FailedPrecondition,
    MlsysError,
    NotFound,
    PermissionDenied,
    Transient,
)
from shared.settings.settings import Settings

if TYPE_CHECKING:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery, bigquery_storage, run_v2, storage  # type: ignore[attr-defined]

# The number of threads of the service that registers models.
_CONNECTIONS = 80

# Every other error is transient: 408, 429, 5xx, a broken connection.
_PERMANENT: dict[str, tuple[type[MlsysError], str]] = {
    "NotFound": (NotFound, "not found"),
    "Conflict": (Conflict, "it exists already"),
    "PreconditionFailed": (FailedPrecondition, "it has changed in the meantime"),
    "Forbidden": (PermissionDenied, "this deployment's service account may not"),
    "Unauthorized": (PermissionDenied, "this deployment's credentials are not accepted"),
    "BadRequest": (FailedPrecondition, "Google Cloud refused the request"),
}


@contextmanager
def google_errors(doing: str) -> Iterator[None]:
    """Translate the errors of Google's clients into ours.

    Args:
        doing: begins the error's message, e.g. "reading the registry".

    Raises:
        MlsysError: Permanent or Transient.
    """
    try:
        yield
    except google_exceptions.GoogleAPICallError as error:
        kind, message = _translation(error)
        raise kind(f"{doing}: {message}", detail=str(error.message)) from error
    except (
        google_exceptions.RetryError,
        ConnectionError,
        TimeoutError,
        _request_errors(),
    ) as error:
        raise Transient(f"{doing}: no answer from Google Cloud", detail=str(error)) from error
    except _credential_errors() as error:
        raise PermissionDenied(
            f"{doing}: no Google credentials: run gcloud auth application-default login"
        ) from error


def _translation(error: "google_exceptions.GoogleAPICallError") -> tuple[type[MlsysError], str]:
    for theirs, ours in _PERMANENT.items():
        if isinstance(error, getattr(google_exceptions, theirs)):
            return ours
    return Transient, "Google Cloud is busy or away, try again"


def _request_errors() -> type[Exception]:
    from requests.exceptions import RequestException

    return RequestException


def _credential_errors() -> type[Exception]:
    from google.auth.exceptions import DefaultCredentialsError

    return DefaultCredentialsError


@dataclass(frozen=True)
class Clients:
    """The clients of one process. Each is imported and made at its first use."""

    settings: Settings

    @cached_property
    def bigquery(self) -> "bigquery.Client":
        """BigQuery; the library itself reads BIGQUERY_EMULATOR_HOST."""
        from google.cloud import bigquery

        return bigquery.Client(
            project=self.settings.project_id,
            location=self.settings.region,
            credentials=_credentials(self.settings.bigquery_endpoint),
        )

    @cached_property
    def bigquery_read(self) -> "bigquery_storage.BigQueryReadClient":
        """The BigQuery Storage Read API."""
        from google.cloud import bigquery_storage

        if not (endpoint := self.settings.bigquery_storage_endpoint):
            return bigquery_storage.BigQueryReadClient()
        return bigquery_storage.BigQueryReadClient(transport=_plain_grpc(endpoint))

    @cached_property
    def storage(self) -> "storage.Client":
        """Cloud Storage; the library itself reads STORAGE_EMULATOR_HOST."""
        from google.cloud import storage  # type: ignore[attr-defined]
        from requests.adapters import HTTPAdapter

        client = storage.Client(
            project=self.settings.project_id,
            credentials=_credentials(self.settings.storage_endpoint),
        )
        # The library pools ten connections, and closes those of further threads after each use.
        for scheme in ("https://", "http://"):
            client._http.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))
        # For traces, which are off, it would request a bucket's metadata after every 404.
        client._bucket_metadata_cache = None
        return client

    @cached_property
    def jobs(self) -> "run_v2.JobsClient":
        """Cloud Run's jobs."""
        from google.cloud import run_v2

        return run_v2.JobsClient(**self._cloud_run())

    @cached_property
    def executions(self) -> "run_v2.ExecutionsClient":
        """Cloud Run's executions."""
        from google.cloud import run_v2

        return run_v2.ExecutionsClient(**self._cloud_run())

    def _cloud_run(self) -> dict[str, Any]:
        # REST in every environment, because the local Cloud Run has no gRPC.
        if not (endpoint := self.settings.cloud_run_endpoint):
            return {"transport": "rest"}
        return {
            "transport": "rest",
            "client_options": {"api_endpoint": endpoint},
            "credentials": _credentials(endpoint),
        }


def _credentials(endpoint: str) -> "AnonymousCredentials | None":
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials() if endpoint else None


def _plain_grpc(endpoint: str) -> Any:
    import grpc
    from google.cloud.bigquery_storage_v1.services.big_query_read.transports import (
        BigQueryReadGrpcTransport,
    )

    # BigQuery's messages have at most 128 MB; those of another server may be larger.
    options = [("grpc.max_receive_message_length", -1)]
    return BigQueryReadGrpcTransport(channel=grpc.insecure_channel(endpoint, options=options))
