import hashlib
import json
from datetime import UTC, datetime

import pytest
import requests
from google.cloud import storage
from sklearn.dummy import DummyClassifier

from jobs.registration.reconcile import reconcile
from shared.errors import NotFound
from shared.registry.model_version import ModelVersion

MODEL = DummyClassifier().fit([[0], [1]], [0, 1])


def scan(clients, registry):
    return reconcile(clients, registry, now=datetime.now(UTC))


def rows_of(clients, model, table="model_registry"):
    query = f"SELECT * FROM {clients.settings.dataset}.{table} WHERE model_name = '{model}'"
    return [dict(row) for row in clients.bigquery.query_and_wait(query)]


def deliver(cloud, blob, times=1, kind="finalized"):
    """Deliver an event of an object as Eventarc does, each time under another id."""
    content = {
        "bucket": blob.bucket.name,
        "name": blob.name,
        "generation": str(blob.generation),
        "metageneration": str(blob.metageneration),
        "size": str(blob.size),
        "crc32c": blob.crc32c,
        "timeCreated": blob.time_created.isoformat(),
    }
    for number in range(times):
        headers = {
            "ce-id": f"again-{number}",
            "ce-specversion": "1.0",
            "ce-type": f"google.cloud.storage.object.v1.{kind}",
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{blob.bucket.name}",
            "ce-time": blob.time_created.isoformat(),
            "content-type": "application/json",
        }
        answer = requests.post(cloud.address["register"], headers=headers, json=content, timeout=60)
        answer.raise_for_status()


def test_a_dropped_model_becomes_a_registry_row(models_bucket, registered, clients):
    name = models_bucket.drop(MODEL, {"target": "fate", "features": ["x"]})
    row = registered(name, "metadata IS NOT NULL")[0]
    blob = clients.storage.bucket("mlsys-models-dev").get_blob(f"{name}/v1/model.pkl")
    assert row["model_version"] == "v1"
    assert row["environment"] == "dev"
    assert row["gcs_bucket"] == "mlsys-models-dev"
    assert row["generation"] == blob.generation
    assert row["file_size_bytes"] == blob.size
    assert row["crc32c"] == blob.crc32c
    assert row["sha256"] == hashlib.sha256(blob.download_as_bytes()).hexdigest()
    assert row["upload_timestamp"] == blob.time_created
    assert json.loads(row["metadata"]) == {"target": "fate", "features": ["x"]}


def test_an_event_delivered_five_times_leaves_one_row(models_bucket, registered, clients, cloud):
    name = models_bucket.drop(MODEL)
    registered(name)
    blob = clients.storage.bucket("mlsys-models-dev").get_blob(f"{name}/v1/model.pkl")
    deliver(cloud, blob, times=5)
    assert len(rows_of(clients, name)) == 1


def test_a_bucket_scanned_twice_leaves_one_row(models_bucket, registered, clients, registry):
    name = models_bucket.drop(MODEL)
    registered(name)
    scan(clients, registry)
    again = scan(clients, registry)
    assert (again.registered, again.gone, again.not_models) == (0, 0, 0)
    assert len(rows_of(clients, name)) == 1


def test_metadata_may_come_after_the_model(models_bucket, registered):
    name = models_bucket.drop(MODEL)
    registered(name)
    models_bucket.put(f"{name}/v1/metadata.json", '{"late": true}')
    rows = registered(name, "metadata IS NOT NULL")
    assert [json.loads(row["metadata"]) for row in rows] == [{"late": True}]


def test_the_newest_generation_wins_whatever_comes_late(models_bucket, registered, clients, cloud):
    name = models_bucket.drop(MODEL)
    first = clients.storage.bucket("mlsys-models-dev").get_blob(f"{name}/v1/model.pkl")
    registered(name)
    models_bucket.drop(DummyClassifier(strategy="stratified").fit([[0], [1]], [0, 1]), model=name)
    second = clients.storage.bucket("mlsys-models-dev").get_blob(f"{name}/v1/model.pkl")
    registered(name, f"generation = {second.generation}")
    deliver(cloud, first, times=2)
    assert [row["generation"] for row in rows_of(clients, name)] == [second.generation]


def test_a_deleted_model_leaves_the_registry_and_stays_in_the_log(
    models_bucket, registered, clients, registry, cloud
):
    name = models_bucket.drop(MODEL)
    registered(name)
    clients.storage.bucket("mlsys-models-dev").blob(f"{name}/v1/model.pkl").delete()
    scan(clients, registry)
    with pytest.raises(NotFound, match=f"{name}/v1 is not in the registry"):
        registry.find(ModelVersion(name, "v1"))
    assert rows_of(clients, name, "model_registry_events")


def test_a_scan_finds_what_no_event_told(cloud, clients, registry, registered):
    # An upload whose event never came: what the event told is removed from the log.
    bucket = storage.Client(project=cloud.project).bucket("mlsys-models-dev")
    bucket.blob("silent/v3/model.pkl").upload_from_string(b"model")
    table = f"{clients.settings.dataset}.model_registry_events"
    registered("silent")
    clients.bigquery.query_and_wait(f"DELETE FROM {table} WHERE model_name = 'silent'")
    assert rows_of(clients, "silent") == []
    found = scan(clients, registry)
    assert found.quarantined == 1  # five letters are no pickle
    assert [row["model_version"] for row in rows_of(clients, "silent")] == ["v3"]


def test_what_is_not_a_model_is_noted_and_does_no_harm(models_bucket, clients, registry):
    models_bucket.put("notes/read me.txt", "hello")
    scan(clients, registry)
    query = (
        f"SELECT findings FROM {clients.settings.dataset}.model_registry_events "
        "WHERE name = 'notes/read me.txt'"
    )
    findings = next(iter(clients.bigquery.query_and_wait(query)))["findings"]
    assert "is not a model path: name it {model-name}/v{N}/model.pkl" in findings[0]


def test_unusable_metadata_is_a_finding_of_the_row(models_bucket, registered):
    name = models_bucket.drop(MODEL)
    models_bucket.put(f"{name}/v1/metadata.json", "{not json")
    row = registered(name, "ARRAY_LENGTH(findings) > 1")[0]
    assert any("metadata.json is not JSON" in finding for finding in row["findings"])


def test_a_key_that_breaks_the_schema_is_left_out_and_the_rest_is_used(models_bucket, registered):
    metadata = {"features": ["x"], "target": 7, "input_example": {"x": 1}, "team": "growth"}
    name = models_bucket.drop(MODEL, metadata)
    row = registered(name, "metadata IS NOT NULL AND signature IS NOT NULL")[0]
    assert row["status"] == "approved"
    assert [finding.split(";")[0] for finding in row["findings"]] == [
        "metadata.json: target is 7, and should be a text"
    ]
    del metadata["target"]
    assert json.loads(row["metadata"]) == metadata
    signature = json.loads(row["signature"])
    assert signature["inputs"] == [
        {"name": "x", "type": "INTEGER", "nullable": None, "inferred": ["type"]}
    ]
    assert signature["outputs"][0]["name"] == "prediction"


@pytest.mark.parametrize("body", [b"", b"not json", b'{"bucket": "b"}', b"[1]"])
def test_an_event_that_is_none_is_let_go_and_not_redelivered(cloud, body):
    headers = {
        "ce-id": "1",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.storage.object.v1.finalized",
        "ce-source": "//x",
        "ce-time": "2026-01-01T00:00:00Z",
        "content-type": "text/plain",
    }
    answer = requests.post(cloud.address["register"], headers=headers, data=body, timeout=60)
    assert answer.status_code == 200
