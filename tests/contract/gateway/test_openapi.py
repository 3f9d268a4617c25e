"""The gateway behaves as /openapi.json says: tested with schemathesis and real responses."""

from contextlib import suppress

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.executions.status import State
from tests.gateway_harness import JOBS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES_PER_OPERATION = 12


def test_every_response_to_generated_requests_is_documented_and_no_5xx(gateway):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", gateway.http.application)
    called = set()
    for each in schema.get_all_operations():
        operation = each.ok()
        called.add((operation.method.upper(), operation.path))
        _call(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        with suppress(Unsatisfiable):  # an operation without parameters has no negative cases
            _call(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    assert ("GET", "/predict") in called


def _call(cases):
    @settings(
        max_examples=EXAMPLES_PER_OPERATION,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def call(case):
        case.call_and_validate(checks=CHECKS)

    call()


def test_real_responses_match_their_schemas(gateway):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", gateway.http.application)
    launched = gateway.predict(run_id="documented")
    answers = {
        ("/predict", "GET"): [
            launched,
            gateway.predict(dry_run="true"),
            gateway.predict(env="moon"),
        ],
        ("/model-registry", "GET"): [gateway.http.get("/model-registry?env=dev")],
        ("/executions/{execution_id}", "GET"): [gateway.http.get(launched.json["status_url"])],
        ("/executions/{execution_id}:cancel", "POST"): [
            gateway.http.post(f"{launched.json['status_url']}:cancel"),
            gateway.http.post(f"/executions/{JOBS[0]}-zzzzz:cancel"),
        ],
        ("/executions", "GET"): [gateway.http.get("/executions")],
        ("/models", "GET"): [gateway.http.get("/models")],
        ("/models/{name}/{version}", "GET"): [
            gateway.http.get("/models/titanic/v1"),
            gateway.http.get("/models/titanic/v9"),
        ],
        ("/health", "GET"): [gateway.http.get("/health")],
        ("/", "GET"): [gateway.http.get("/", headers={"Accept": "application/json"})],
    }
    for (path, method), responses in answers.items():
        for answer in responses:
            schema[path][method].validate_response(answer)


def test_every_route_is_documented_with_examples(gateway):
    document = gateway.http.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    rules = {
        (method, str(rule).replace("<", "{").replace(">", "}"))
        for rule in gateway.http.application.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if not rule.endpoint.startswith("console.")  # pages for people
    }
    documented = {(m.upper(), path) for path, each in document["paths"].items() for m in each}
    assert documented == rules
    assert all(each["example"] for each in document["paths"]["/predict"]["get"]["parameters"][:5])
    assert document["components"]["schemas"]["State"]["enum"] == list(State)
