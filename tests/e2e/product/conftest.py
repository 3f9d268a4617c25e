import io
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import joblib
import pandas as pd
import pytest
from google.cloud import bigquery

from jobs.sandbox.model_processes import ModelProcesses
from local.demo.titanic import CATEGORIES, KEY, NUMBERS, TARGET, train
from shared.clients import Clients
from shared.registry.registry import Registry
from shared.request.prediction_request import PredictionRequest
from shared.settings.settings import Settings
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
_numbers = count(1)


@pytest.fixture(scope="session")
def clients(cloud):
    """The production code's own clients, by the variables that `make env` prints."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.variables.items():
            if not name.endswith("_proxy"):
                patch.setenv(name, value)
        yield Clients(Settings.from_environ(os.environ))


@pytest.fixture(scope="session")
def processes(clients):
    """The processes of models, in the runtimes of the local cloud."""
    with ModelProcesses.of(clients.settings) as processes:
        yield processes


@pytest.fixture(scope="session")
def registry(clients):
    return Registry(clients.bigquery, clients.settings.dataset)


@dataclass(frozen=True)
class Bucket:
    """The models bucket, as a data scientist uses it."""

    clients: Clients

    def put(self, name, content):
        bucket = self.clients.storage.bucket(self.clients.settings.models_bucket)
        blob = bucket.blob(name)
        blob.upload_from_string(content)
        return blob

    def drop(self, estimator, metadata=None, model=None, version="v1"):
        """Upload metadata.json and model.pkl as a new model; its name is returned."""
        name = model or f"model-{next(_numbers)}"
        buffer = io.BytesIO()
        joblib.dump(estimator, buffer)
        if metadata is not None:
            self.put(f"{name}/{version}/metadata.json", json.dumps(metadata))
        self.put(f"{name}/{version}/model.pkl", buffer.getvalue())
        return name


@pytest.fixture(scope="session")
def models_bucket(clients):
    return Bucket(clients)


@pytest.fixture(scope="session")
def titanic():
    return train()


@pytest.fixture(scope="session")
def registered(clients, registry):
    """Wait until the events have made a registry row of a model, and return the row."""

    def row(model, condition="TRUE"):
        query = (
            f"SELECT * FROM {clients.settings.dataset}.model_registry "
            f"WHERE model_name = '{model}' AND {condition}"
        )
        return wait_for(lambda: [dict(row) for row in clients.bigquery.query_and_wait(query)])

    return row


@pytest.fixture(scope="session")
def titanic_model(models_bucket, registered, titanic):
    """The name of the registered Titanic model."""
    name = models_bucket.drop(titanic.pipeline, titanic.metadata)
    registered(name, "metadata IS NOT NULL")
    return name


@dataclass(frozen=True)
class Warehouse:
    """A dataset of BigQuery, as an analyst uses it."""

    client: bigquery.Client
    dataset: str

    def new_table(self, frame=None):
        """A new table of a frame's rows, or a name that no table has yet."""
        name = f"{self.dataset}.table_{next(_numbers)}"
        if frame is not None:
            config = bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET)
            rows = io.BytesIO(frame.to_parquet(index=False))
            self.client.load_table_from_file(rows, name, job_config=config).result()
        return name

    def rows(self, table, columns="*"):
        query = f"SELECT {columns} FROM {table} ORDER BY 1"
        return [tuple(row.values()) for row in self.client.query_and_wait(query)]

    def count(self, table):
        return self.rows(table, "COUNT(*)")[0][0]


@pytest.fixture(scope="session")
def warehouse(clients):
    clients.bigquery.create_dataset("analysis", exists_ok=True)
    return Warehouse(clients.bigquery, "analysis")


@pytest.fixture(scope="session")
def passengers(warehouse, titanic):
    """A table of the passengers that the model has not seen."""
    return warehouse.new_table(titanic.unseen.drop(columns=TARGET))


@pytest.fixture(scope="session")
def expected(titanic):
    """The predictions that the table must hold: key, label and probability, by key."""
    features = titanic.unseen[NUMBERS + CATEGORIES]
    frame = pd.DataFrame(
        {
            "key": titanic.unseen[KEY],
            "label": titanic.pipeline.predict(features),
            "probability": titanic.pipeline.predict_proba(features)[:, 1],
        }
    )
    return list(frame.sort_values("key").itertuples(index=False, name=None))


@pytest.fixture
def request_for(clients, titanic_model, passengers, warehouse):
    """A request for the Titanic's predictions, with some parameters changed."""

    def build(**changes):
        values = {
            "env": "dev",
            "input_table": passengers,
            "output_table": warehouse.new_table(),
            "model_name": titanic_model,
            "model_version": "v1",
        }
        return PredictionRequest.from_mapping(values | changes)

    return build


@pytest.fixture
def command_line(cloud):
    """Run a command as in a shell after `eval "$(make -s env)"`."""

    def run(*command, check=True):
        if not shutil.which(command[0]):
            assert not os.environ.get("CI"), f"{command[0]} must be installed in CI"
            pytest.skip(f"{command[0]} is not installed")
        finished = subprocess.run(
            command,
            env={**os.environ, **cloud.variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert not check or finished.returncode == 0, finished.stderr
        return finished

    return run
