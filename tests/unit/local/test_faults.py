import pytest
from flask import Flask
from flask.testing import FlaskClient

from local.faults import Faults


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def client(calls: list[str]) -> FlaskClient:
    app = Flask(__name__)
    app.wsgi_app = Faults(app.wsgi_app)
    app.add_url_rule("/things", view_func=lambda: calls.append("called") or "done")
    return app.test_client()


def test_nothing_happens_unless_a_fault_is_added(client: FlaskClient) -> None:
    assert client.get("/things").status_code == 200


def test_a_fault_refuses_as_often_as_it_says(client: FlaskClient, calls: list[str]) -> None:
    client.post("/_faults", json={"method": "GET", "path": "^/th", "status": 503, "times": 2})
    assert [client.get("/things").status_code for _ in range(3)] == [503, 503, 200]
    assert calls == ["called"]


def test_an_answer_can_be_lost_after_the_work_is_done(
    client: FlaskClient, calls: list[str]
) -> None:
    client.post("/_faults", json={"path": "things", "status": 503, "after": True})
    assert client.get("/things").status_code == 503
    assert calls == ["called"]


@pytest.mark.parametrize("other", [{"method": "POST"}, {"path": "other"}, {"path": r"\?x=2$"}])
def test_a_fault_leaves_other_requests_alone(client: FlaskClient, other: dict[str, str]) -> None:
    client.post("/_faults", json={"status": 503, **other})
    assert client.get("/things?x=1").status_code == 200


def test_a_query_can_be_matched(client: FlaskClient) -> None:
    client.post("/_faults", json={"status": 503, "path": "x=1$"})
    assert client.get("/things?x=1").status_code == 503


def test_faults_can_be_cleared(client: FlaskClient) -> None:
    client.post("/_faults", json={"status": 503})
    client.delete("/_faults")
    assert client.get("/things").status_code == 200


@pytest.mark.parametrize("fault", [{"status": 200}, [1], {"status": 503, "path": "("}, {"x": 1}])
def test_what_is_no_fault_is_refused(client: FlaskClient, fault: object) -> None:
    assert client.post("/_faults", json=fault).status_code == 400
