"""This project's engine without the cloud around it: the job's own modules, files for services."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.passengers import CATEGORIES, KEY, NUMBERS, TARGET, passengers
from jobs.drift.profile import baseline_from_metadata, training_baseline
from jobs.models.signature import model_signature
from jobs.prediction.shards import write_parquet
from jobs.prediction.source import rebatch
from jobs.scoring.pipelining import score_in_order
from jobs.scoring.runtime import keep_memory
from jobs.scoring.scorer import ProfilingScorer, Scorer
from shared.tables.output_schema import OutputSchema, OutputSpec
from shared.tables.table import Column

_TYPES = {"Age": "FLOAT", "Fare": "FLOAT", "Sex": "STRING", "Embarked": "STRING"}
_COLUMNS = [Column(name, _TYPES.get(name, "INTEGER")) for name in (KEY, *NUMBERS, *CATEGORIES)]
_BASELINE_ROWS = 20_000


def prepared(table: Path, estimator: Any, output: Path) -> Callable[[], int]:
    """The work of a task that has its plan and its model; it returns the number of rows."""
    keep_memory()
    schema = OutputSpec((KEY,), TARGET).resolve(_COLUMNS, model_signature(estimator, {}))
    constants = {
        "PredictionTimestamp": datetime.now(UTC),
        "ModelName": "titanic-survival",
        "ModelVersion": "v1",
        "ModelGeneration": 1,
        "RunId": "benchmark",
    }
    seen = pa.Table.from_batches(passengers(_BASELINE_ROWS)).select(list(schema.features))
    profiles = baseline_from_metadata({"baseline": training_baseline(seen)})
    scorer = ProfilingScorer(Scorer(estimator, schema, constants), schema, profiles)

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
