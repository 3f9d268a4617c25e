"""This project's engine without the cloud around it: the job's own modules, files for services."""

import atexit
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import pyarrow as pa
import pyarrow.parquet as pq
import threadpoolctl

from benchmarks.passengers import CATEGORIES, KEY, NUMBERS, TARGET, passengers
from jobs.drift.profile import baseline_from_metadata, training_baseline
from jobs.models.description import ModelDescription
from jobs.models.signature import model_signature
from jobs.prediction.shards import write_parquet
from jobs.prediction.source import rebatch
from jobs.publishing.author_model import describe
from jobs.sandbox.model_processes import ModelProcesses, prediction_limits
from jobs.scoring.pipelining import score_in_order
from jobs.scoring.scorer import Predictor, ProfilingScorer, Scorer
from runtimes.model_process.allocation import keep_memory
from runtimes.model_process.columns import decoded, encoded
from runtimes.model_process.features import feature_frame
from runtimes.model_process.predictions import Predictor as Engine
from shared.settings.settings import Settings
from shared.tables.output_schema import OutputSchema, OutputSpec
from shared.tables.table import Column

_TYPES = {"Age": "FLOAT", "Fare": "FLOAT", "Sex": "STRING", "Embarked": "STRING"}
_COLUMNS = [Column(name, _TYPES.get(name, "INTEGER")) for name in (KEY, *NUMBERS, *CATEGORIES)]
_BASELINE_ROWS = 20_000


class InThisProcess:
    """A model in this process, asked by the same engine as behind the wall."""

    def __init__(self, estimator: Any):
        self._engine = Engine(estimator, "frame")
        self.has_probabilities = self._engine.has_probabilities

    def predict(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """Each output's predictions, each followed by its probabilities."""
        with threadpoolctl.threadpool_limits(1):
            outputs = self._engine.predict(feature_frame(batch))
        columns = [
            array
            for output in outputs
            for array in (output.values, output.probabilities)
            if array is not None
        ]
        parts = b"".join(bytes(part) for part in encoded([pa.array(each) for each in columns]))
        return decoded(parts, batch.num_rows, len(columns))


def in_this_process(model: Path) -> tuple[Predictor, ModelDescription]:
    """A model that is loaded without a wall."""
    estimator = joblib.load(model)
    return InThisProcess(estimator), describe(estimator)


def behind_the_wall(model: Path) -> tuple[Predictor, ModelDescription]:
    """A model in a process of its own, as a job has it."""
    settings = Settings.from_environ({"GCP_PROJECT_ID": "none"})
    processes = ModelProcesses.of(settings)
    atexit.register(processes.close)
    workers = os.process_cpu_count() or 1
    session = processes.open_here(prediction_limits(settings), channels=workers)
    described = session.load(model.read_bytes())
    session.prepare(described.takes)
    return session, described


def prepared(
    table: Path, model: tuple[Predictor, ModelDescription], output: Path
) -> Callable[[], int]:
    """The work of a task that has its plan and its model; it returns the number of rows."""
    keep_memory()
    predictor, described = model
    schema = OutputSpec((KEY,), TARGET).resolve(_COLUMNS, model_signature(described, {}))
    constants = {
        "PredictionTimestamp": datetime.now(UTC),
        "ModelName": "titanic-survival",
        "ModelVersion": "v1",
        "ModelGeneration": 1,
        "RunId": "benchmark",
    }
    seen = pa.Table.from_batches(passengers(_BASELINE_ROWS)).select(list(schema.features))
    profiles = baseline_from_metadata({"baseline": training_baseline(seen)})
    scorer = ProfilingScorer(Scorer(predictor, schema, constants), schema, profiles)

    def work() -> int:
        workers = os.process_cpu_count() or 1
        scored = score_in_order(rebatch(_selected(table, schema)), scorer, workers=workers)
        with output.open("wb") as file:
            write_parquet(file, schema, scored)
        return int(pq.read_metadata(output).num_rows)

    return work


def _selected(table: Path, schema: OutputSchema) -> Iterator[pa.RecordBatch]:
    """The messages with the selected columns only, as the Storage Read API sends them."""
    with pa.OSFile(str(table)) as file:
        columns = pa.ipc.open_stream(file).schema
    indices = [columns.get_field_index(name) for name in schema.selected]
    options = pa.ipc.IpcReadOptions(included_fields=indices, use_threads=False)
    with pa.OSFile(str(table)) as file:
        yield from pa.ipc.open_stream(file, options=options)
