"""What /openapi.json says is what the gateway does: asked by schemathesis, and compared."""

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
ANSWERS_A_ROUTE = 12


def test_no_answer_is_undocumented_and_none_is_a_failure_of_the_gateway(gateway):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", gateway.http.application)
    asked = set()
    for each in schema.get_all_operations():
        operation = each.ok()
        asked.add((operation.method.upper(), operation.path))
        _ask(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked
            _ask(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    assert ("GET", "/predict") in asked


def _ask(cases):
    @settings(
        max_examples=ANSWERS_A_ROUTE,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case):
        case.call_and_validate(checks=CHECKS)

    ask()


def test_real_answers_are_as_described(gateway):
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
    for (path, method), told in answers.items():
        for answer in told:
            schema[path][method].validate_response(answer)


def test_every_route_is_described_with_examples_of_what_is_sent(gateway):
    document = gateway.http.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    rules = {
        (method, str(rule).replace("<", "{").replace(">", "}"))
        for rule in gateway.http.application.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if not rule.endpoint.startswith("console.")  # pages for people
    }
    told = {(m.upper(), path) for path, each in document["paths"].items() for m in each}
    assert told == rules
    assert all(each["example"] for each in document["paths"]["/predict"]["get"]["parameters"][:5])
    assert document["components"]["schemas"]["State"]["enum"] == list(State)
