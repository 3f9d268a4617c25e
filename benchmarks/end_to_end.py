"""The product on the local cloud beside the legacy job: BigQuery table in, BigQuery table out."""

import json
import os
import statistics
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import requests

from benchmarks.measurement import measure
from benchmarks.passengers import KEY, TARGET
from benchmarks.pipelines import PIPELINES
from benchmarks.report import table
from local.cloud import Cloud
from local.running import Blueprint, running_cloud
from shared.clients import Clients
from shared.errors import NotFound
from shared.registry.model_version import ModelVersion
from shared.registry.registry import Registry
from shared.settings.settings import Settings

_DATASET = "benchmark"
_TABLE = f"{_DATASET}.passengers"
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 600


class RunFailedError(Exception):
    """A prediction on the local cloud did not succeed; the message is what the gateway said."""


class Files(Protocol):
    """Makes the files that are loaded into the cloud."""

    repetitions: int

    def model(self, name: str) -> Path:
        """The file of a model."""
        ...

    def passengers(self, rows: int) -> Path:
        """The file of a table."""
        ...


def end_to_end(files: Files, rows: int) -> str:
    """Seconds of a run of the product and of the legacy job's process, for each model."""
    source = files.passengers(rows)
    with running_cloud(Blueprint(source.parent / "cloud")) as cloud:
        os.environ.update(cloud.container_variables)
        clients = Clients(Settings.from_environ(os.environ))
        _load(clients, source)
        lines = [_compared(cloud, clients, files, name) for name in PIPELINES]
    return table(("model", "this product s", "legacy s", "of legacy"), lines)


def _compared(cloud: Cloud, clients: Clients, files: Files, name: str) -> tuple[str, ...]:
    model = name.replace(" ", "-")
    _register(clients, model, files.model(name))
    ours, legacy = [], []
    for turn in range(files.repetitions):
        sink = f"{_DATASET}.{name.replace(' ', '_')}_{turn}"
        ours.append(_run_seconds(cloud, model, sink))
        program = [sys.executable, "-m", "benchmarks.legacy"]
        command = [*program, str(files.model(name)), _TABLE, f"{sink}_legacy"]
        legacy.append(measure(command).whole_seconds)
    product_seconds, legacy_seconds = statistics.median(ours), statistics.median(legacy)
    ratio = product_seconds / legacy_seconds
    return (name, f"{product_seconds:.1f}", f"{legacy_seconds:.1f}", f"{ratio:.2f}")


def _load(clients: Clients, source: Path) -> None:
    from google.cloud import bigquery  # noqa: PLC0415  (it reads the endpoint when imported)

    parquet = source.with_suffix(".source.parquet")
    with pa.OSFile(str(source)) as file:
        stream = pa.ipc.open_stream(file)
        with pq.ParquetWriter(parquet, stream.schema) as writer:
            for batch in stream:
                writer.write_batch(batch)
    clients.bigquery.create_dataset(_DATASET)
    config = bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET)
    with parquet.open("rb") as file:
        clients.bigquery.load_table_from_file(file, _TABLE, job_config=config).result()


def _register(clients: Clients, model: str, file: Path) -> None:
    bucket = clients.storage.bucket(clients.settings.models_bucket)
    metadata = json.dumps({"target": TARGET, "key_columns": [KEY]})
    bucket.blob(f"{model}/v1/metadata.json").upload_from_string(metadata)
    bucket.blob(f"{model}/v1/model.pkl").upload_from_filename(file)
    registry = Registry(clients.bigquery, clients.settings.dataset)
    _wait_for_metadata(registry, ModelVersion(model, "v1"))


def _wait_for_metadata(registry: Registry, version: ModelVersion) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(NotFound):
            if registry.find(version).metadata:
                return
        time.sleep(_POLL_SECONDS)
    raise RunFailedError(f"{version} was not registered")


def _run_seconds(cloud: Cloud, model: str, sink: str) -> float:
    """Seconds from the request at the gateway until the execution has succeeded."""
    begun = time.perf_counter()
    request = {
        "env": cloud.environment,
        "input_table": _TABLE,
        "output_table": sink,
        "model_name": model,
        "model_version": "v1",
    }
    launched = _answer(requests.post(f"{_gateway(cloud)}/predict", json=request, timeout=60))
    while (status := _status(cloud, launched))["state"] != "SUCCEEDED":
        if status["state"] in {"FAILED", "CANCELLED"}:
            raise RunFailedError(json.dumps(status))
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - begun


def _status(cloud: Cloud, launched: Mapping[str, Any]) -> Mapping[str, Any]:
    return _answer(requests.get(f"{_gateway(cloud)}{launched['status_url']}", timeout=60))


def _gateway(cloud: Cloud) -> str:
    return cloud.address["gateway"]


def _answer(response: requests.Response) -> Mapping[str, Any]:
    if not response.ok:
        raise RunFailedError(response.text)
    answer: Mapping[str, Any] = response.json()
    return answer
