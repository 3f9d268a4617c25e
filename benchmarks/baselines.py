"""What the engine is compared with: a table of Arrow messages on disk becomes Parquet on disk.

`python -m benchmarks.baselines NAME TABLE MODEL OUTPUT` runs one method in this process, and prints
how many seconds the work took, without the imports and the loading of the model before it.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import pandas as pd
import pyarrow as pa
import threadpoolctl

from benchmarks.passengers import FEATURES, KEY, TARGET

_CHUNK_ROWS = 100_000
MODEL, VERSION = "titanic-survival", "v1"


def engine(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """This project's own: a stream's messages through the model's process into a shard."""
    from benchmarks.engine import behind_the_wall, prepared  # noqa: PLC0415  (its own imports)

    return prepared(table, behind_the_wall(model), output)


def engine_without_wall(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """The same, with the model in this process."""
    from benchmarks.engine import in_this_process, prepared  # noqa: PLC0415  (its own imports)

    return prepared(table, in_this_process(model), output)


def legacy(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """The whole table as `to_dataframe()` gives it, two passes, and the whole output at once."""
    pipeline = joblib.load(model)

    def work() -> int:
        frame = read_table(table).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        predictions = pd.DataFrame(
            {
                KEY: frame[KEY],
                TARGET: pipeline.predict(frame[FEATURES]),
                "PredictionProbability": pipeline.predict_proba(frame[FEATURES])[:, 1],
                "PredictionTimestamp": pd.Timestamp.now("UTC"),
                "ModelName": MODEL,
                "ModelVersion": VERSION,
            }
        )
        predictions.to_parquet(output, index=False)
        return len(predictions)

    return work


def floor_one_frame(table: Path, model: Path, _output: Path) -> Callable[[], int]:
    """Nothing but `predict_proba` on a ready DataFrame, with the threads the model asks for."""
    pipeline = joblib.load(model)
    frame = read_table(table).select(FEATURES).to_pandas()
    return lambda: len(pipeline.predict_proba(frame))


def floor_two_threads(table: Path, model: Path, _output: Path) -> Callable[[], int]:
    """Nothing but `predict_proba` on ready DataFrames of 100,000 rows, two at a time."""
    pipeline = joblib.load(model)
    frame = read_table(table).select(FEATURES).to_pandas()
    chunks = [frame[start : start + _CHUNK_ROWS] for start in range(0, len(frame), _CHUNK_ROWS)]

    def probabilities(chunk: pd.DataFrame) -> int:
        with joblib.parallel_config(backend="sequential"):
            return len(pipeline.predict_proba(chunk))

    def work() -> int:
        with ThreadPoolExecutor(
            2, initializer=threadpoolctl.threadpool_limits, initargs=(1,)
        ) as pool:
            return sum(pool.map(probabilities, chunks))

    return work


type Method = Callable[[Path, Path, Path], Callable[[], int]]
"""Takes the files of table, model and output; returns the work, which returns the rows."""

BASELINES: dict[str, Method] = {
    "legacy": legacy,
    "floor: one frame": floor_one_frame,
    "floor: two threads": floor_two_threads,
}
METHODS: dict[str, Method] = {
    "this engine": engine,
    "without the wall": engine_without_wall,
    **BASELINES,
}


def read_table(table: Path) -> pa.Table:
    """All the rows of a table."""
    with pa.OSFile(str(table)) as file:
        return pa.ipc.open_stream(file).read_all()


def report_work(work: Callable[[], int]) -> None:
    """Do the work, and print its rows and seconds as JSON."""
    start = time.perf_counter()
    rows = work()
    measured = {"rows": rows, "seconds": time.perf_counter() - start}
    sys.stdout.write(json.dumps(measured) + "\n")


def main(name: str, *paths: str) -> None:
    """Run a method, and print its rows and seconds as JSON."""
    table, model, output = map(Path, paths)
    work = METHODS[name](table, model, output)
    report_work(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
