"""Malicious, malformed and oversized requests launch nothing, and get a 4xx response."""

import logging
import re
from http import HTTPStatus

import pytest

from gateway.http.tracing import TraceFilter

INJECTIONS = [
    "titanic.x;DROP TABLE y",
    "titanic.`x`",
    "titanic.x' OR '1'='1",
    "titanic.x\nUNION SELECT 1",
    "a.b.c.d",
    "../../etc/passwd",
    "titanic.x\x00",
    "{{7*7}}",
    "$(reboot)",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "x" * 3_000,
    "\u202etitanic.x",
    "${jndi:ldap://127.0.0.1/a}",
]
FIELDS = ["input_table", "output_table", "model_name", "model_version", "env", "as_of", "run_id"]
MALICIOUS = [
    ("GET", {"query_string": {field: text}}) for field in FIELDS for text in INJECTIONS
] + [("GET", {"query_string": {"row_filter": text}}) for text in ("1=1); DROP TABLE x--", "(", "'")]


@pytest.fixture
def untouched(gateway):
    """Asserts that the test launches nothing."""
    before = gateway.launched()
    yield
    assert gateway.launched() == before


def rejected(answer):
    assert 400 <= answer.status_code < 500, answer.text
    if answer.request.method != "HEAD":
        error = answer.json["error"]
        assert error["code"] == answer.status_code
        assert error["details"][0]["reason"]
    assert "Traceback" not in answer.text
    assert "127.0.0.1:" not in answer.text
    return True


def test_injections_are_rejected(gateway, untouched):
    for method, options in MALICIOUS:
        query = gateway.query() | options["query_string"]
        assert rejected(gateway.http.open("/predict", method=method, query_string=query)), query


@pytest.mark.parametrize("path", ["/predict", "/model-registry"])
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Sec-Purpose": "prefetch"}, 400),
        ({"Sec-Purpose": "prefetch;prerender"}, 400),
        ({"Purpose": "prefetch"}, 400),
        ({"X-Purpose": "preview"}, 400),
        ({"X-Moz": "prefetch"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_prefetches_and_other_sites_launch_nothing(gateway, untouched, path, headers, code):
    for method in ("GET", "POST"):
        query = gateway.query() if path == "/predict" else {"env": "dev"}
        answer = gateway.http.open(path, method=method, query_string=query, headers=headers)
        assert rejected(answer)
        assert answer.status_code == code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://renamed-by-a-proxy:8080"},
    ],
)
def test_an_address_bar_and_an_own_page_launch(gateway, headers):
    assert gateway.predict(headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "options", "code"),
    [
        ("HEAD", "/predict", {}, 405),
        ("HEAD", "/model-registry", {}, 405),
        ("DELETE", "/predict", {}, 405),
        ("PUT", "/predict", {}, 405),
        ("TRACE", "/predict", {}, 405),
        ("HEAD", "/executions/mlsys-predict-dev-abc12:cancel", {}, 404),
        ("POST", "/predict", {"data": b"[1]"}, 400),
        ("POST", "/predict", {"data": b"{"}, 400),
        ("POST", "/predict", {"data": b"\xff\xfe"}, 400),
        ("POST", "/predict", {"data": b'{"env": {"a": 1}}'}, 400),
        ("POST", "/predict", {"data": b"[" * 50_000}, 400),
        ("POST", "/predict", {"data": b"x" * 70_000}, 413),
        ("GET", f"/predict?env={'x' * 9_000}", {}, 414),
        ("GET", "/predict?env=dev&env=dev", {}, 400),
        ("GET", "/predict?%ff=%fe", {}, 400),
        ("GET", "/model-registry", {}, 400),
        ("GET", "/model-registry?env=prod", {}, 403),
        ("GET", "/model-registry?env=dev&x=1", {}, 400),
        ("GET", "/model-registry?env=dev&run_id=a%20b", {}, 400),
        ("GET", "/executions/nothing", {}, 404),
        ("GET", "/executions/mlsys-predict-dev-zzzzz", {}, 404),
        ("POST", "/executions/mlsys-predict-dev-zzzzz:cancel", {}, 404),
        ("POST", "/executions/nothing:cancel", {}, 404),
        ("GET", "/executions/..%2f..%2fx", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/predict", {"headers": {"Idempotency-Key": "a b"}}, 400),
        ("GET", "/predict", {"headers": {"Idempotency-Key": "k" * 200}}, 400),
        ("GET", "/predict?run_id=a", {"headers": {"Idempotency-Key": "b"}}, 400),
        ("GET", "/predict", {"headers": {"X-HTTP-Method-Override": "POST"}}, 400),
        ("POST", "/predict", {"headers": {"Content-Type": "a/b; charset=zz"}, "data": b"1"}, 400),
    ],
)
def test_a_malformed_request_is_rejected(gateway, untouched, method, path, options, code):
    answer = gateway.http.open(path, method=method, **options)
    assert rejected(answer)
    assert answer.status_code == code


def test_options_lists_the_methods_and_has_no_effect(gateway, untouched):
    answer = gateway.http.options("/predict", query_string=gateway.query())
    assert answer.status_code == 200
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/health", "/predict", "/nowhere", "/"])
def test_every_response_has_security_headers_and_is_not_cached(gateway, path):
    headers = gateway.http.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_request_keeps_its_id_and_its_trace(gateway):
    trace = "0af7651916cd43dd8448eb211c80319c"  # pragma: allowlist secret
    sent = {"X-Request-Id": "mine-1", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = gateway.http.get("/nowhere", headers=sent)
    assert answer.headers["X-Request-Id"] == "mine-1"
    assert answer.headers["traceparent"].split("-")[1] == trace
    info = answer.json["error"]["details"][-1]
    assert info == {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "mine-1"}


@pytest.mark.parametrize("bad", ["<script>", "x" * 200, "a b"])
def test_a_malformed_request_id_or_trace_is_replaced(gateway, bad):
    answer = gateway.http.get("/health", headers={"X-Request-Id": bad, "traceparent": bad})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])


def test_every_log_record_of_a_request_has_its_ids(gateway, caplog):
    caplog.handler.addFilter(TraceFilter("demo-project"))
    answer = gateway.http.get("/predict", headers={"X-Request-Id": "logged"})
    assert answer.status_code == 400
    (record,) = [each for each in caplog.records if each.name == "gateway.http.errors"]
    assert record.request_id == "logged"
    assert record.caller == "anonymous"
    trace = vars(record)["logging.googleapis.com/trace"]
    assert trace == f"projects/demo-project/traces/{answer.headers['traceparent'].split('-')[1]}"
    assert logging.getLogger("outside").makeRecord("a", 20, "b", 1, "c", (), None)


def test_an_unexpected_error_is_logged_and_not_sent(gateway, caplog):
    gateway.bigquery.models = None
    answer = gateway.predict()
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.json["message"] == "the gateway failed; its log says why"
    assert "AttributeError" in caplog.text


def test_a_caller_beyond_its_rate_gets_retry_after(gateway):
    gateway = gateway.with_settings(MLSYS_LAUNCHES_PER_MINUTE="2", MLSYS_REQUESTS_PER_MINUTE="3")
    http = gateway.http
    launches = [http.get("/predict", query_string=gateway.query()) for _ in range(3)]
    assert [answer.status_code for answer in launches] == [202, 202, 429]
    assert launches[2].json["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert 0 < int(launches[2].headers["Retry-After"]) <= 60
    reads = [http.get("/executions/nothing").status_code for _ in range(4)]
    assert reads == [404, 404, 404, 429]
    assert http.get("/health").status_code == 200
