"""Promotion between two environments of one cloud: real buckets, registries and command lines."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from google.cloud import storage
from sklearn.dummy import DummyClassifier

from deployment.definitions import Definitions
from jobs.lifecycle.promotion import promote
from jobs.registration.reconcile import reconcile
from local.cloud import SCHEDULER_ENDPOINT
from local.provision import provision
from shared.clients import Clients
from shared.errors import Conflict, DataLoss, FailedPrecondition, NotFound
from shared.registry.model_version import ModelVersion, Status
from shared.registry.registry import Registry
from shared.settings.settings import Settings

METADATA = {"target": "fate", "features": ["x"], "author": "ada@example.com"}
MODEL = DummyClassifier().fit([[0], [1]], [0, 1])
_names = count(1)


@pytest.fixture(scope="module")
def staging(cloud, clients):
    """The clients of staging, beside dev in the same cloud."""
    definitions = Definitions(cloud.project, cloud.region, "staging")
    provision(definitions, cloud.address["run"], cloud.variables[SCHEDULER_ENDPOINT])
    return Clients(Settings.from_environ({**cloud.variables, **definitions.variables}))


@pytest.fixture(scope="module")
def approved(models_bucket, registered, registry):
    """A new model that dev has approved."""

    def new():
        name = f"promoted-{next(_names)}"
        models_bucket.drop(MODEL, METADATA, model=name)
        registered(name, "metadata IS NOT NULL")
        return registry.find(ModelVersion(name, "v1"))

    return new


@pytest.fixture
def source(approved):
    return approved()


@pytest.fixture(scope="module")
def refused(approved):
    """One for all that are not promoted."""
    return approved()


@pytest.fixture
def put(staging):
    """Put an object into staging's bucket."""

    def put(name, content):
        blob = staging.storage.bucket(staging.settings.models_bucket).blob(name)
        blob.upload_from_string(content)
        return blob

    return put


def objects(clients, model):
    """Name, content and generation of everything that staging's bucket holds of a model."""
    blobs = clients.storage.list_blobs(clients.settings.models_bucket, prefix=f"{model.name}/")
    return {
        blob.name.partition("/")[2]: (blob.download_as_bytes(), blob.generation) for blob in blobs
    }


def registered_there(staging, model):
    registry = Registry(staging.bigquery, staging.settings.dataset)
    reconcile(staging, registry, now=datetime.now(UTC))
    return registry.find(model)


def test_an_approved_model_is_copied_registered_and_says_where_it_comes_from(
    source, staging, clients, command_line
):
    command = ("env", "MLSYS_ENV=staging", sys.executable, "-m", "jobs", "promote", "--env=staging")
    words = (f"--model_name={source.version.name}", "--model_version=latest")
    said = command_line(*command, *words).stderr
    assert f"{source.version} promoted: gs://mlsys-models-staging/{source.object_name}#" in said
    first = objects(staging, source.version)
    assert json.loads(first["v1/metadata.json"][0]) == METADATA
    assert "was promoted before" in command_line(*command, *words).stderr
    assert objects(staging, source.version) == first
    row = registered_there(staging, source.version)
    assert (row.status, row.sha256) == (Status.APPROVED, source.sha256)
    assert row.metadata == source.metadata
    assert row.generation == first["v1/model.pkl"][1]
    query = (
        "SELECT promoted_from, environment FROM mlsys_staging.model_registry "
        f"WHERE model_name = '{source.version.name}'"
    )
    origin = f"gs://mlsys-models-dev/{source.object_name}#{source.generation}"
    found = [tuple(each.values()) for each in staging.bigquery.query_and_wait(query)]
    assert found == [(origin, "staging")]


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.UNINSPECTED])
def test_what_is_not_approved_is_not_promoted(refused, staging, status):
    with pytest.raises(FailedPrecondition, match=r"is quarantined|has not been inspected"):
        promote(replace(refused, status=status), staging, from_env="dev")
    assert objects(staging, refused.version) == {}


def test_bytes_that_are_not_those_registered_are_not_promoted(refused, staging):
    with pytest.raises(DataLoss, match="is not what was registered"):
        promote(replace(refused, sha256="0" * 64), staging, from_env="dev")
    with pytest.raises(NotFound, match="is gone"):
        promote(replace(refused, generation=refused.generation - 1), staging, from_env="dev")
    assert objects(staging, refused.version) == {}


def test_metadata_that_was_changed_since_it_was_registered_is_not_promoted(refused, staging):
    with pytest.raises(FailedPrecondition, match="mlsys reconcile --env=dev there, then"):
        promote(replace(refused, metadata={"target": "x"}), staging, from_env="dev")
    assert objects(staging, refused.version) == {}


@pytest.mark.parametrize("file", ["model.pkl", "metadata.json"])
def test_what_stands_under_that_version_is_not_written_over(source, staging, put, file):
    put(f"{source.version}/{file}", b"{}")
    before = objects(staging, source.version)
    with pytest.raises(Conflict, match=f"{file}#[0-9]+ stands there already"):
        promote(source, staging, from_env="dev")
    assert objects(staging, source.version) == before


def test_metadata_of_another_model_does_not_come_to_stand_beside_one_without(
    models_bucket, registered, registry, staging, put
):
    name = models_bucket.drop(MODEL)
    registered(name)
    put(f"{name}/v1/metadata.json", b"{}")
    with pytest.raises(Conflict, match="stands there already"):
        promote(registry.find(ModelVersion(name, "v1")), staging, from_env="dev")


def test_a_promotion_that_was_cut_short_is_carried_on(source, staging, clients, put):
    dev = clients.storage.bucket(source.bucket)
    notes = dev.blob(f"{source.version}/metadata.json").download_as_bytes()
    blob = put(f"{source.version}/metadata.json", notes)
    assert promote(source, staging, from_env="dev").is_new
    found = objects(staging, source.version)
    assert set(found) == {"v1/metadata.json", "v1/model.pkl"}
    assert found["v1/metadata.json"] == (notes, blob.generation)


@pytest.fixture
def meanwhile(monkeypatch, put):
    """Let somebody put an object just before this process puts one of that name."""

    def arrange(name, content):
        upload = storage.Blob.upload_from_string

        def late(blob, *given, **options):
            if blob.name == name:
                monkeypatch.setattr(storage.Blob, "upload_from_string", upload)
                put(name, content)
            return upload(blob, *given, **options)

        monkeypatch.setattr(storage.Blob, "upload_from_string", late)

    return arrange


def test_of_two_promotions_at_the_same_time_both_succeed(source, staging, clients, meanwhile):
    content = clients.storage.bucket(source.bucket).blob(source.object_name).download_as_bytes()
    meanwhile(source.object_name, content)
    copy = promote(source, staging, from_env="dev").copy
    assert objects(staging, source.version)["v1/model.pkl"] == (content, copy.generation)


def test_a_model_that_comes_in_between_is_left_alone_and_without_foreign_metadata(
    source, staging, meanwhile
):
    meanwhile(source.object_name, b"somebody else's")
    with pytest.raises(Conflict, match="stands there already"):
        promote(source, staging, from_env="dev")
    found = objects(staging, source.version)
    assert {name: content for name, (content, _) in found.items()} == {
        "v1/model.pkl": b"somebody else's"
    }
