"""What else a user would pick to score a table, each as its own documentation shows it.

`python -m benchmarks.peers NAME TABLE MODEL OUTPUT` runs one, as `benchmarks.baselines` does.
They are not among this project's dependencies: `make bench-peers` gives them an environment of
their own.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.baselines import MODEL, VERSION, Method, read_table, report_work
from benchmarks.passengers import FEATURES, KEY, TARGET

_CHUNK_ROWS = 100_000
_COLUMNS = [KEY, *FEATURES]


def predictions(frame: pd.DataFrame, probabilities: Any) -> pd.DataFrame:
    """The output rows for rows and their probabilities; shape (rows, 5)."""
    return pd.DataFrame(
        {
            KEY: frame[KEY],
            TARGET: probabilities.argmax(axis=1),
            "PredictionProbability": probabilities[:, 1],
            "ModelName": MODEL,
            "ModelVersion": VERSION,
        }
    )


def mlflow_pyfunc(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """The model as an MLflow pyfunc, in process, on the whole table."""
    pyfunc = _pyfunc(_saved(model))

    def work() -> int:
        frame = read_table(table).select(_COLUMNS).to_pandas()
        predictions(frame, pyfunc.predict(frame[FEATURES])).to_parquet(output, index=False)
        return len(frame)

    return work


def dask_threads(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """Dask on threads, a partition every 100,000 rows."""
    import dask  # noqa: PLC0415  (optional)
    import dask.dataframe as dd  # noqa: PLC0415  (optional)

    # Its own strings have an NA for nothing, which scikit-learn does not take.
    dask.config.set({"dataframe.convert-string": False})
    pipeline = joblib.load(model)

    def part(frame: pd.DataFrame) -> pd.DataFrame:
        with joblib.parallel_config(backend="sequential"):
            return predictions(frame, pipeline.predict_proba(frame[FEATURES]))

    def work() -> int:
        frame = read_table(table).select(_COLUMNS).to_pandas()
        parts = dd.from_pandas(frame, chunksize=_CHUNK_ROWS)
        parts.map_partitions(part).to_parquet(output, write_index=False)
        return len(frame)

    return work


def ray_data(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """Ray Data with two actors that hold the model."""
    import ray  # noqa: PLC0415  (optional)

    class Scorer:
        def __init__(self) -> None:
            self.pipeline = joblib.load(model)

        def __call__(self, rows: pa.Table) -> pd.DataFrame:
            frame = rows.to_pandas()  # its own frames have an NA for nothing
            return predictions(frame, self.pipeline.predict_proba(frame[FEATURES]))

    source = _as_parquet(table)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)

    def work() -> int:
        rows = ray.data.read_parquet(str(source), columns=_COLUMNS)
        scored = rows.map_batches(
            Scorer, batch_format="pyarrow", batch_size=_CHUNK_ROWS, concurrency=2, num_cpus=0.5
        )
        scored.write_parquet(str(output))
        return int(pq.read_metadata(source).num_rows)

    return work


def spark_udf(table: Path, model: Path, output: Path) -> Callable[[], int]:
    """A pandas UDF on Spark with two cores, the model broadcast by MLflow."""
    import mlflow.pyfunc  # noqa: PLC0415  (optional)
    from pyspark.sql import SparkSession, functions  # noqa: PLC0415  (optional)

    source = _as_parquet(table)
    os.environ["PYSPARK_PYTHON"] = sys.executable  # else its workers take the first on the PATH
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    score = mlflow.pyfunc.spark_udf(
        spark, str(_saved(model)), result_type="array<double>", env_manager="local"
    )

    def work() -> int:
        rows = spark.read.parquet(str(source)).select(*_COLUMNS)
        scored = rows.withColumn("p", score(functions.struct(*FEATURES)))
        scored.selectExpr(
            KEY,
            f"int(p[1] > p[0]) AS {TARGET}",
            "p[1] AS PredictionProbability",
            f"'{MODEL}' AS ModelName",
            f"'{VERSION}' AS ModelVersion",
        ).write.mode("overwrite").parquet(str(output))
        return int(pq.read_metadata(source).num_rows)

    return work


PEERS: dict[str, Method] = {
    "dask threads": dask_threads,
    "mlflow pyfunc": mlflow_pyfunc,
    "mlflow spark_udf": spark_udf,
    "ray data": ray_data,
}


def _saved(model: Path) -> Path:
    import mlflow.sklearn  # noqa: PLC0415  (optional)

    saved = model.with_suffix(".mlflow")
    if not saved.exists():
        pipeline = joblib.load(model)
        mlflow.sklearn.save_model(
            pipeline,
            str(saved),
            pyfunc_predict_fn="predict_proba",
            serialization_format="cloudpickle",  # its own format trusts no encoder
        )
    return saved


def _pyfunc(saved: Path) -> Any:
    import mlflow.pyfunc  # noqa: PLC0415  (optional)

    return mlflow.pyfunc.load_model(str(saved))


def _as_parquet(table: Path) -> Path:
    """The table as these read it; making it is not part of the work."""
    source = table.with_suffix(".parquet")
    if not source.exists():
        pq.write_table(read_table(table), source)
    return source


def main(name: str, *paths: str) -> None:
    """Run a peer, and print its rows and seconds as JSON."""
    table, model, output = map(Path, paths)
    report_work(PEERS[name](table, model, output))


if __name__ == "__main__":
    main(*sys.argv[1:])
