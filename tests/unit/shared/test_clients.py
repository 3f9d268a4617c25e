import pytest
import requests
from google.api_core import exceptions as google
from google.auth.exceptions import DefaultCredentialsError

from shared import google_exceptions
from shared.clients import Clients, google_errors
from shared.errors import (
    Conflict,
    FailedPrecondition,
    MlsysError,
    NotFound,
    PermissionDenied,
    Transient,
)
from shared.settings.settings import Settings

LOCAL = {
    "GCP_PROJECT_ID": "my-project",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1",
    "CLOUD_RUN_ENDPOINT": "http://127.0.0.1:1",
}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (google.NotFound("x"), NotFound),
        (google.Conflict("x"), Conflict),
        (google.PreconditionFailed("x"), FailedPrecondition),
        (google.Forbidden("x"), PermissionDenied),
        (google.Unauthorized("x"), PermissionDenied),
        (google.BadRequest("x"), FailedPrecondition),
        (google.TooManyRequests("x"), Transient),
        (google.ServiceUnavailable("x"), Transient),
        (google.RetryError("x", None), Transient),
        (requests.ConnectionError("x"), Transient),
        (ConnectionResetError("x"), Transient),
        (TimeoutError("x"), Transient),
        (DefaultCredentialsError("x"), PermissionDenied),
    ],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)
def test_an_error_of_google_s_clients_is_permanent_or_transient(error, kind):
    with pytest.raises(MlsysError) as caught, google_errors("reading the registry"):
        raise error
    assert type(caught.value) is kind
    assert caught.value.message.startswith("reading the registry: ")
    assert caught.value.__cause__ is error


def test_the_message_does_not_repeat_what_the_service_answered():
    with pytest.raises(NotFound) as caught, google_errors("reading"):
        raise google.NotFound("https://10.0.0.1/internal")
    assert "10.0.0.1" not in caught.value.message
    assert "10.0.0.1" in str(caught.value)


def test_other_errors_pass_unchanged():
    with pytest.raises(ZeroDivisionError), google_errors("reading"):
        _ = 1 / 0


def test_a_client_is_made_once_and_only_for_its_endpoint():
    clients = Clients(Settings.from_environ(LOCAL))
    assert clients.jobs is clients.jobs
    assert clients.jobs.transport.kind == "rest"
    assert clients.jobs.transport._host == "http://127.0.0.1:1"
    assert clients.bigquery.project == "my-project"


def test_only_the_exceptions_that_are_named_are_google_s():
    assert google_exceptions.NotFound is google.NotFound
    with pytest.raises(AttributeError):
        _ = google_exceptions.Gone
