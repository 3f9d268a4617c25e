"""What the gateway tells of models and executions, as JSON."""

import pytest

from gateway.app import create_app
from tests.waiting import wait_for


@pytest.fixture
def client(clients):
    return create_app(clients).test_client()


def test_models_are_listed_with_their_versions_status_and_aliases(client, titanic_model):
    models = client.get("/models").json["models"]
    model = next(each for each in models if each["name"] == titanic_model)
    assert model["aliases"] == {"latest": "v1"}
    (version,) = model["versions"]
    assert (version["model_version"], version["status"]) == ("v1", "proved")
    assert version["findings"] == []
    assert version["description"].startswith("Who survived")
    assert not {"signature", "metadata"} & set(version)


def test_a_version_is_told_whole_by_its_number_and_by_an_alias(client, titanic_model, titanic):
    version = client.get(f"/models/{titanic_model}/v1").json
    assert client.get(f"/models/{titanic_model}/latest").json == version
    assert client.get(f"/models/{titanic_model}/1").json == version
    told = {**titanic.metadata}
    del told["golden_rows"]  # which only a registration needs
    assert version["metadata"] == told
    assert version["signature"]["outputs"][0]["name"] == "Survived"
    assert version["estimator"].endswith("Pipeline")
    assert len(version["sha256"]) == 64


@pytest.mark.parametrize(
    ("path", "code", "reason"),
    [
        ("/models/nobody/v1", 404, "MODEL_NOT_FOUND"),
        ("/models/nobody/champion", 404, "ALIAS_NOT_FOUND"),
        ("/models/nobody/V1", 400, "INVALID_MODEL_VERSION"),
        ("/models/a'b/v1", 400, "INVALID_MODEL_NAME"),
        ("/models?x=1", 400, "INVALID_PARAMETERS"),
        ("/executions?state=DONE", 400, "INVALID_PARAMETERS"),
        ("/executions?page_token=x", 400, "INVALID_PARAMETERS"),
        ("/executions?x=1", 400, "INVALID_PARAMETERS"),
    ],
)
def test_what_cannot_be_told_is_an_error_in_google_s_shape(client, path, code, reason):
    answer = client.get(path)
    assert answer.status_code == code
    assert answer.json["error"]["details"][0]["reason"] == reason


def test_executions_are_listed_a_page_at_a_time(client, clients):
    for _ in range(2):
        clients.jobs.run_job(name=clients.settings.predict_job)  # prints its help
    first = client.get("/executions?page_size=1").json
    second = client.get(f"/executions?page_size=1&page_token={first['next_page_token']}").json
    ids = [page["executions"][0]["execution_id"] for page in (first, second)]
    assert ids[0] != ids[1]
    everything = client.get("/executions?page_size=200").json
    assert [each["execution_id"] for each in everything["executions"][:2]] == ids
    assert first["executions"][0]["created_at"] > second["executions"][0]["created_at"]

    def ended():
        found = client.get("/executions?state=SUCCEEDED&page_size=200").json["executions"]
        assert {each["state"] for each in found} <= {"SUCCEEDED"}
        return set(ids) <= {each["execution_id"] for each in found}

    wait_for(ended)
