"""The gateway on real stand-ins for Cloud Storage and Cloud Run, and on a fake BigQuery."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import pytest
import requests
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud import bigquery, run_v2

from gateway.app import create_app
from shared.clients import Clients
from shared.settings.settings import Settings
from tests.contract.run.stand_in import StandIn
from tests.contract.storage.servers import Server

PROJECT = "demo-project"
PARENT = f"projects/{PROJECT}/locations/europe-west1"
JOBS = ("mlsys-predict-dev", "mlsys-registry-dev")
SIGNATURE = {
    "inputs": [{"name": "Age", "type": "FLOAT"}, {"name": "Sex", "type": "STRING"}],
    "n_features": 2,
    "outputs": [{"name": "Survived", "type": "INTEGER", "classes": [0, 1]}],
    "inferred": True,
}
COLUMNS = [("PassengerId", "INTEGER"), ("Age", "FLOAT"), ("Sex", "STRING")]
_numbers = count(1)


def table(*columns, kind="TABLE", rows=10, size=1_000):
    schema = [bigquery.SchemaField(*column) for column in columns]
    return SimpleNamespace(schema=schema, table_type=kind, num_rows=rows, num_bytes=size)


@dataclass
class FakeBigQuery:
    """What the gateway asks of BigQuery; tests change its fields."""

    project: str = PROJECT
    models: dict = field(default_factory=dict)
    tables: dict = field(default_factory=dict)
    datasets: set = field(default_factory=set)
    loads: int = 0
    runs: list = field(default_factory=list)
    scanned_bytes: int = 4_096
    refusal: Exception | None = None

    def query_and_wait(self, sql, job_config):
        parameters = {each.name: each.value for each in job_config.query_parameters}
        if "AS commits" in sql:
            return [{"commits": self.loads}]
        if "prediction_runs" in sql:
            ids = {parameters["execution_id"], parameters["run_id"]}
            return [row for row in self.runs if ids & {row["execution_id"], row["run_id"]}]
        rows = self.models.values()
        wanted = {name: parameters[name] for name in ("model_name", "model_version")}
        return [
            row for row in rows if all(each in {None, row[name]} for name, each in wanted.items())
        ]

    def get_table(self, name):
        if name not in self.tables:
            raise NotFound(f"no {name}")
        return self.tables[name]

    def get_dataset(self, name):
        if name.rpartition(".")[2] not in self.datasets:
            raise NotFound(f"no {name}")

    def list_rows(self, name, max_results):
        return [()] * min(self.tables[name].num_rows, max_results)

    def query(self, sql, job_config):
        assert job_config.dry_run
        if self.refusal:
            raise self.refusal
        if "Agee" in sql:
            raise BadRequest("Unrecognized name: Agee", errors=[{"message": "Unrecognized: Agee"}])
        return SimpleNamespace(total_bytes_processed=self.scanned_bytes)


@dataclass
class Door:
    """The gateway as its callers see it, and what stands behind it."""

    clients: Clients
    bigquery: FakeBigQuery
    run_url: str

    @property
    def http(self):
        return create_app(self.clients).test_client()

    def with_settings(self, **variables):
        """The same door under other settings, named as in the environment."""
        return Door(
            _clients(self.clients.settings, variables, self.bigquery), self.bigquery, self.run_url
        )

    def query(self, **changes):
        """A prediction that nothing stands in the way of, with some parameters changed."""
        values = {
            "env": "dev",
            "input_table": "titanic.passengers",
            "output_table": f"titanic.predictions_{next(_numbers)}",
            "model_name": "titanic",
            "model_version": "v1",
        } | changes
        return {name: value for name, value in values.items() if value is not None}

    def predict(self, headers=None, **changes):
        return self.http.get("/predict", query_string=self.query(**changes), headers=headers)

    def executions(self, job=JOBS[0]):
        """The ids of all executions, and on which runs they work."""
        request = {"parent": f"{PARENT}/jobs/{job}", "page_size": 1_000}
        found = self.clients.executions.list_executions(request)
        return {e.name.rpartition("/")[2]: list(e.template.containers[0].args) for e in found}

    def launched(self):
        return {name: self.executions(name) for name in JOBS}

    def fault(self, **fault):
        """Let a request to Cloud Run fail, or its answer get lost."""
        answer = requests.post(f"{self.run_url}/_faults", json=fault, timeout=10)
        assert answer.ok, answer.text

    def no_more_faults(self):
        requests.delete(f"{self.run_url}/_faults", timeout=10)

    def folder(self, run_id):
        bucket = self.clients.storage.bucket(self.clients.settings.runs_bucket)
        return {
            b.name.removeprefix(f"{run_id}/"): b for b in bucket.list_blobs(prefix=f"{run_id}/")
        }


def _clients(settings, variables, fake):
    environ = {
        "GCP_PROJECT_ID": PROJECT,
        "STORAGE_EMULATOR_HOST": settings.storage_endpoint,
        "CLOUD_RUN_ENDPOINT": settings.cloud_run_endpoint,
        "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1",
        "MLSYS_LAUNCHES_PER_MINUTE": "100000",
        "MLSYS_REQUESTS_PER_MINUTE": "100000",
        "MLSYS_MAX_OPEN_RUNS": "0",
    }
    clients = Clients(Settings.from_environ(environ | variables))
    vars(clients)["bigquery"] = fake
    return clients


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory):
    """Cloud Storage and Cloud Run, with both jobs; what they run ends at once."""
    folder = tmp_path_factory.mktemp("door")
    storage = Server("local.storage", folder / "log", "--folder", folder / "data").start()
    run = StandIn(tmp_path_factory.mktemp("run"))
    for name in JOBS:
        container = {"image": "image", "command": ["true"]}
        template = {"template": {"containers": [container], "max_retries": 0}}
        job = run_v2.Job(template=template)
        run.jobs.create_job(parent=PARENT, job_id=name, job=job).result()
    yield storage, run
    run.stop()
    storage.stop()


@pytest.fixture(scope="session")
def _shared_clients(stand_ins):
    """Made once: connections and buckets are the dear part of a door."""
    storage, run = stand_ins
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", storage.url)
        settings = SimpleNamespace(storage_endpoint=storage.url, cloud_run_endpoint=run.url)
        clients = _clients(settings, {}, FakeBigQuery())
        for name in (clients.settings.models_bucket, clients.settings.runs_bucket):
            clients.storage.create_bucket(name)
        blob = clients.storage.bucket(clients.settings.models_bucket).blob("titanic/v1/model.pkl")
        blob.upload_from_string(b"a model")
    return clients, blob.generation


@pytest.fixture
def door(_shared_clients, stand_ins, monkeypatch):
    shared, generation = _shared_clients
    # Its clients read the variable when they are made; other tests have other storages.
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stand_ins[0].url)
    fake = FakeBigQuery(
        models={"titanic": model_row(generation)},
        tables={f"{PROJECT}.titanic.passengers": table(*COLUMNS)},
        datasets={"titanic"},
    )
    door = Door(_clients(shared.settings, {}, fake), fake, stand_ins[1].url)
    yield door
    door.no_more_faults()


def model_row(generation, **changes):
    """A row of model_registry."""
    return {
        "model_name": "titanic",
        "model_version": "v1",
        "gcs_bucket": "mlsys-models-dev",
        "generation": generation,
        "file_size_bytes": 7,
        "crc32c": "",
        "sha256": None,
        "status": "approved",
        "findings": [],
        "aliases": [],
        "estimator": None,
        "registered_at": None,
        "metadata": json.dumps({"key_columns": ["PassengerId"], "target": "Survived"}),
        "signature": json.dumps(SIGNATURE),
    } | changes


def now():
    return datetime.now(UTC)
