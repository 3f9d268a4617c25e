"""The demo's steps, by the clients that any user has: storage, BigQuery and HTTP."""

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, storage  # type: ignore[attr-defined]

from local.cloud import Cloud
from local.demo.titanic import KEY, MODEL, TARGET, Trained

VERSION = "v1"
DATASET = "titanic"
PASSENGERS = f"{DATASET}.passengers"
PREDICTIONS = f"{DATASET}.predictions"

_PATIENCE_SECONDS = 120
_POLL_SECONDS = 0.1


class DemoFailedError(Exception):
    """The product did not do what the demo promises; the message says what."""


class Scenario:
    """The demo's steps on one local cloud."""

    def __init__(self, cloud: Cloud):
        credentials = AnonymousCredentials()
        self._cloud = cloud
        self._storage = storage.Client(
            project=cloud.project,
            credentials=credentials,
            client_options={"api_endpoint": cloud.address["storage"]},
        )
        self._bigquery = bigquery.Client(
            project=cloud.project,
            credentials=credentials,
            client_options={"api_endpoint": cloud.address["bigquery"]},
        )

    def drop(self, trained: Trained) -> str:
        """Upload the model and its metadata; where they went is returned."""
        bucket = self._storage.bucket(f"mlsys-models-{self._cloud.environment}")
        folder = f"{MODEL}/{VERSION}"
        metadata = json.dumps(trained.metadata, indent=2)
        bucket.blob(f"{folder}/metadata.json").upload_from_string(metadata, "application/json")
        bucket.blob(f"{folder}/model.pkl").upload_from_string(
            trained.pickled, "application/octet-stream"
        )
        return f"gs://{bucket.name}/{folder}/"

    def registered(self) -> Mapping[str, Any]:
        """The registry row that the events wrote, once it is there and knows the metadata.

        Raises:
            DemoFailedError: when no such row comes.
        """
        query = (
            f"SELECT * FROM mlsys_{self._cloud.environment}.model_registry "  # noqa: S608  (ours)
            f"WHERE model_name = '{MODEL}' AND metadata IS NOT NULL"
        )

        def row() -> Mapping[str, Any] | None:
            return next((dict(row) for row in self._bigquery.query_and_wait(query)), None)

        return _wait_for(row, "no event wrote a registry row")

    def load(self, trained: Trained) -> int:
        """Load the unseen passengers, without the target, into a table; return how many."""
        self._bigquery.create_dataset(DATASET, exists_ok=True)
        rows = trained.unseen.drop(columns=TARGET).to_parquet(index=False)
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET, write_disposition="WRITE_TRUNCATE"
        )
        load = self._bigquery.load_table_from_file(io.BytesIO(rows), PASSENGERS, job_config=config)
        load.result()
        return int(load.output_rows)

    @property
    def predict_url(self) -> str:
        """The request that launches the prediction."""
        query = (
            f"env={self._cloud.environment}&input_table={PASSENGERS}&output_table={PREDICTIONS}"
            f"&model_name={MODEL}&model_version={VERSION}"
        )
        return f"{self._cloud.address['gateway']}/predict?{query}"

    def launch(self) -> Mapping[str, Any]:
        """Call GET /predict; its answer is returned.

        Raises:
            DemoFailedError: when the gateway refuses.
        """
        answer = requests.get(self.predict_url, timeout=60)
        if answer.status_code != requests.codes.accepted:
            raise DemoFailedError(f"the gateway answered {answer.status_code}: {answer.text}")
        launched: Mapping[str, Any] = answer.json()
        return launched

    def statuses(self, launched: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """What the gateway says of the execution, until it is over.

        Raises:
            DemoFailedError: when it ends otherwise than in success, or not at all.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        url = f"{self._cloud.address['gateway']}{launched['status_url']}"
        while time.monotonic() < deadline:
            status = requests.get(url, timeout=60).json()
            yield status
            if status["state"] == "SUCCEEDED":
                return
            if status["state"] in {"FAILED", "CANCELLED"}:
                raise DemoFailedError(f"the execution ended as {status['state']}: {status}")
            time.sleep(_POLL_SECONDS)
        raise DemoFailedError(f"the execution was not over after {_PATIENCE_SECONDS} s")

    def predictions(self) -> list[Mapping[str, Any]]:
        """The rows of the output table, by key."""
        query = f"SELECT * FROM {PREDICTIONS} ORDER BY {KEY}"  # noqa: S608  (ours)
        return [dict(row) for row in self._bigquery.query_and_wait(query)]


def with_truth(row: Mapping[str, Any], trained: Trained) -> dict[str, Any]:
    """A prediction, its passenger's name, and the target's true value."""
    unseen = trained.unseen.set_index(KEY)
    return {
        KEY: row[KEY],
        "Name": unseen.loc[row[KEY], "Name"],
        "Predicted": row[TARGET],
        "Probability": row["PredictionProbability"],
        "Truth": unseen.loc[row[KEY], TARGET],
    }


def accuracy(rows: list[Mapping[str, Any]], trained: Trained) -> float:
    """Share of the rows whose prediction is the true value.

    Raises:
        DemoFailedError: when the rows are not those of the unseen passengers, each once.
    """
    truth = dict(zip(trained.unseen[KEY], trained.unseen[TARGET], strict=True))
    if sorted(row[KEY] for row in rows) != sorted(truth):
        raise DemoFailedError(f"{len(rows)} predictions for {len(truth)} passengers")
    right = sum(bool(row[TARGET] == truth[row[KEY]]) for row in rows)
    return right / len(rows)


def _wait_for[T](look: Callable[[], T | None], complaint: str) -> T:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise DemoFailedError(f"{complaint} within {_PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)
    return found
