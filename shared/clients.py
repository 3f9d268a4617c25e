"""Google's clients, made once each; the only place that knows that an endpoint can be local."""

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

# As many as the service that registers has threads.
_CONNECTIONS = 80

# Whatever is not here is transient: 408, 429, 5xx, a connection that broke.
_PERMANENT: dict[str, tuple[type[MlsysError], str]] = {
    "NotFound": (NotFound, "not found"),
    "Conflict": (Conflict, "it exists already"),
    "PreconditionFailed": (FailedPrecondition, "somebody changed it meanwhile"),
    "Forbidden": (PermissionDenied, "this deployment's service account may not"),
    "Unauthorized": (PermissionDenied, "this deployment's credentials are not accepted"),
    "BadRequest": (FailedPrecondition, "Google Cloud refused the request"),
}


@contextmanager
def google_errors(doing: str) -> Iterator[None]:
    """Turn Google's errors into ours; `doing` begins the sentence, e.g. "reading the registry".

    Raises:
        MlsysError: of the kind that says whether trying again would help.
    """
    try:
        yield
    except google_exceptions.GoogleAPICallError as error:
        kind, words = _translation(error)
        raise kind(f"{doing}: {words}", detail=str(error.message)) from error
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
    """The clients of one process. Each is imported and made when it is first asked for."""

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
        # The library keeps ten connections; what more threads open, it would close again.
        for scheme in ("https://", "http://"):
            client._http.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))
        # It would ask for the bucket in a thread of its own after every 404, for nobody's traces.
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
        # REST everywhere: the local control plane speaks it, and one path is easier to trust.
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

    # BigQuery bounds a message by 128 MB; another server may not.
    options = [("grpc.max_receive_message_length", -1)]
    return BigQueryReadGrpcTransport(channel=grpc.insecure_channel(endpoint, options=options))
