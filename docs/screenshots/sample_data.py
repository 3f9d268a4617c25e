"""What the pictures show: a model of three versions, an input that has drifted, a failed run."""

import io
import json
import os
import pickle
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import requests
from google.cloud import bigquery, run_v2

from jobs.lifecycle.aliases import move_alias
from local.cloud import Cloud
from local.demo.scenario import PASSENGERS, PREDICTIONS, Scenario
from local.demo.titanic import KEY, MODEL, TARGET, Trained, passengers, train
from mlsys import publish
from shared.clients import Clients
from shared.registry.model_version import ModelVersion
from shared.registry.references import ModelAlias
from shared.registry.registry import Registry
from shared.settings.settings import Settings

_FIRST_CLASS = "titanic.first_class"
_PATIENCE_SECONDS = 300


class SampleData:
    """A local cloud with something to look at."""

    def __init__(self, cloud: Cloud):
        # Notebooks find their cloud in the environment; so does `publish`.
        os.environ.update(
            {name: each for name, each in cloud.variables.items() if not name.endswith("_proxy")}
        )
        self._scenario = Scenario(cloud)
        self._clients = Clients(Settings.from_environ(os.environ))
        self._gateway = cloud.address["gateway"]

    def create(self) -> dict[str, str]:
        """Register the models and run the predictions; return the pages that show them, by name."""
        trained = train()
        self._models(trained)
        self._tables(trained)
        succeeded = self._predict(PASSENGERS, PREDICTIONS, "v1")
        drifted = self._predict(_FIRST_CLASS, "titanic.first_class_predictions", "champion")
        failed = self._launch("titanic.third_class", "titanic.third_class_predictions")
        scan = requests.get(f"{self._gateway}/model-registry?env=dev", timeout=60).json()
        for execution_id in (succeeded, drifted, failed, scan["execution_id"]):
            self._wait(execution_id)
        return {
            "overview": "/",
            "run": f"/console/executions/{drifted}",
            "model": f"/console/models/{MODEL}/v3",
            "predict": f"/console/predict?model_name={MODEL}&model_version=champion"
            f"&input_table={PASSENGERS}&output_table=titanic.by_form",
        }

    def _models(self, trained: Trained) -> None:
        self._scenario.drop(trained)
        self._scenario.registered()
        bucket = self._clients.storage.bucket(self._clients.settings.models_bucket)
        # What nobody should load: it would call os.system.
        bucket.blob(f"{MODEL}/v2/model.pkl").upload_from_string(pickle.dumps(os.system))
        self._wait_for_version("v2")
        publish(
            trained.pipeline,
            MODEL,
            passengers().drop(trained.unseen.index),
            target=TARGET,
            key_columns=[KEY],
            metrics={"accuracy": round(trained.accuracy, 4)},
            description="Who survived the Titanic: logistic regression, with a baseline",
            metadata={"author": "data-science@example.com", "git": None},
            version="v3",
            wait_seconds=_PATIENCE_SECONDS,
        )
        registry = Registry(self._clients.bigquery, self._clients.settings.dataset)
        move_alias(
            ModelAlias(MODEL, "champion"),
            ModelVersion(MODEL, "v3"),
            registry,
            environment="dev",
            now=datetime.now(UTC),
        )

    def _tables(self, trained: Trained) -> None:
        self._scenario.load(trained)
        unseen = trained.unseen.drop(columns=TARGET)
        # The rich grow old: what the model has not seen in training.
        rich = unseen[unseen["Pclass"] == 1].assign(Age=lambda frame: frame["Age"] + 12)
        self._load(rich, _FIRST_CLASS)

    def _load(self, frame: pd.DataFrame, table: str) -> None:
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET, write_disposition="WRITE_TRUNCATE"
        )
        rows = io.BytesIO(frame.to_parquet(index=False))
        self._clients.bigquery.load_table_from_file(rows, table, job_config=config).result()

    def _predict(self, source: str, sink: str, version: str) -> str:
        wanted = self._wanted(source, sink, version)
        answer = requests.post(f"{self._gateway}/predict", json=wanted, timeout=60).json()
        return str(answer["execution_id"])

    def _launch(self, source: str, sink: str) -> str:
        """Past the gateway, whose checks would refuse it."""
        wanted = self._wanted(source, sink, "v1")
        container = run_v2.RunJobRequest.Overrides.ContainerOverride(
            args=[f"--{name}={value}" for name, value in wanted.items()]
        )
        overrides = run_v2.RunJobRequest.Overrides(container_overrides=[container])
        job = run_v2.RunJobRequest(name=self._clients.settings.predict_job, overrides=overrides)
        operation = self._clients.jobs.run_job(job)
        return str(operation.metadata.name).rpartition("/")[2]

    @staticmethod
    def _wanted(source: str, sink: str, version: str) -> Mapping[str, Any]:
        tables = {"input_table": source, "output_table": sink}
        return {"env": "dev", **tables, "model_name": MODEL, "model_version": version}

    def _wait(self, execution_id: str) -> None:
        self._wait_until(
            lambda: self._get(f"executions/{execution_id}")["state"] not in {"QUEUED", "RUNNING"},
            f"the end of {execution_id}",
        )

    def _wait_for_version(self, version: str) -> None:
        self._wait_until(
            lambda: version in json.dumps(self._get("models")), f"the registration of {version}"
        )

    def _get(self, path: str) -> Any:
        return requests.get(f"{self._gateway}/{path}", timeout=60).json()

    @staticmethod
    def _wait_until(is_so: Any, what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {_PATIENCE_SECONDS} s")
            time.sleep(0.5)
