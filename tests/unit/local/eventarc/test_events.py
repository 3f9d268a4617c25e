import json
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from local.eventarc.events import Event, http_body, http_headers

FINALIZED = "google.cloud.storage.object.v1.finalized"


def _event(name: str) -> Event:
    return Event(1_700_000_000_123_456, FINALIZED, "models", json.dumps({"name": name}))


def test_an_event_has_the_attributes_that_eventarc_sends() -> None:
    event = _event("titanic/v1/model.pkl")

    assert http_headers(event) == {
        "ce-id": "1700000000123456",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/models",
        "ce-specversion": "1.0",
        "ce-type": FINALIZED,
        "ce-subject": "objects/titanic/v1/model.pkl",
        "ce-time": "2023-11-14T22:13:20.123Z",
        "ce-bucket": "models",
        "ce-datacontenttype": "application/json",
        "content-type": "application/json",
    }
    assert json.loads(http_body(event)) == {"name": "titanic/v1/model.pkl"}


@given(name=st.text())
def test_any_name_is_a_header_and_can_be_read_back(name: str) -> None:
    subject = http_headers(_event(name))["ce-subject"]

    assert all("!" <= character <= "~" for character in subject)
    assert unquote(subject) == f"objects/{name}"
