import logging
import re

import pytest
from flask import Flask

from gateway.http.tracing import TraceFilter, TraceMiddleware, request_id

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"  # pragma: allowlist secret


@pytest.fixture
def client():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=request_id, endpoint="request_id")
    app.wsgi_app = TraceMiddleware(app.wsgi_app)
    return app.test_client()


def test_a_caller_s_ids_are_kept(client):
    headers = {"X-Request-Id": "mine-1", "traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
    response = client.get("/", headers=headers)
    assert (response.text, response.headers["X-Request-Id"]) == ("mine-1", "mine-1")
    _, trace_id, span_id, _ = response.headers["traceparent"].split("-")
    assert trace_id == TRACE_ID
    assert span_id != "b7ad6b7169203331"


@pytest.mark.parametrize(
    "traceparent",
    ["", "x", f"01-{TRACE_ID}-b7ad6b7169203331-01", f"00-{'0' * 32}-b7ad6b7169203331-01"],
)
def test_every_request_has_ids_of_its_own_without_valid_ones_of_the_caller(client, traceparent):
    responses = [
        client.get("/", headers={"X-Request-Id": "a b", "traceparent": traceparent}) for _ in "12"
    ]
    for response in responses:
        assert re.fullmatch(r"[0-9a-f]{32}", response.text)
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", response.headers["traceparent"])
    assert len({response.text for response in responses}) == 2
    assert len({response.headers["traceparent"] for response in responses}) == 2


def test_a_record_outside_of_a_request_passes_unchanged():
    record = logging.makeLogRecord({"msg": "starting"})
    assert TraceFilter("my-project").filter(record)
    assert not hasattr(record, "request_id")
