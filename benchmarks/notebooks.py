"""`python -m benchmarks.notebooks`: the helpers of notebooks beside Google's own calls.

A million rows of twelve columns go to a local cloud and come back, in turns, so that a busy minute
slows both alike. The exit code is 1 where a helper was slower than what it stands beside.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from google.cloud import bigquery

from local.running import Blueprint, running_cloud
from mlsys.bigquery import bq_get, bq_put
from mlsys.session import session

_TABLE = "benchmark.rows"
_QUERY = f"SELECT * FROM {_TABLE}"  # noqa: S608  (ours)
# What one measurement differs from the next by, when nothing else runs.
_TOLERANCE = 1.05

type Call = Callable[[], object]


def rows(count: int) -> pd.DataFrame:
    """A table of twelve columns: four of integers, four of floats, three of texts, one of times."""
    random = np.random.default_rng(1912)
    numbers = {f"integer_{n}": random.integers(0, 10**9, count) for n in range(4)}
    floats = {f"float_{n}": random.normal(size=count) for n in range(4)}
    words = np.array(["Southampton", "Cherbourg", "Queenstown"])
    texts = {
        "port": words[random.integers(0, 3, count)],
        "ticket": np.char.mod("A/%d", random.integers(0, 10**6, count)),
        "cabin": np.char.mod("C%d", random.integers(0, 200, count)),
    }
    moments = pd.to_datetime(random.integers(0, 10**9, count), unit="s", utc=True)
    return pd.DataFrame({**numbers, **floats, **texts, "moment": moments.as_unit("us")})


def reading() -> dict[str, Call]:
    """Calls that read the table, the helper first."""
    clients = session()

    def to_dataframe() -> pd.DataFrame:
        job = clients.bigquery.query(_QUERY)
        return job.to_dataframe(bqstorage_client=clients.bigquery_read)

    return {"bq_get": lambda: bq_get(_QUERY), "query().to_dataframe()": to_dataframe}


def writing(frame: pd.DataFrame) -> dict[str, Call]:
    """Calls that replace the table, the helper first."""
    client = session().bigquery
    config = bigquery.LoadJobConfig(write_disposition="WRITE_TRUNCATE")

    def load() -> object:
        return client.load_table_from_dataframe(frame, _TABLE, job_config=config).result()

    return {
        "bq_put": lambda: bq_put(frame, _TABLE, "WRITE_TRUNCATE"),
        "load_table_from_dataframe()": load,
    }


def medians(calls: Mapping[str, Call], repetitions: int) -> dict[str, float]:
    """Median seconds of each call; the first turn of each warms up and does not count."""
    turns = [{name: _seconds(call) for name, call in calls.items()} for _ in range(repetitions + 1)]
    return {name: statistics.median(turn[name] for turn in turns[1:]) for name in calls}


def _seconds(call: Call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def report(measured: Mapping[str, float], count: int) -> str:
    """A line for each call, the helper first, which the others are compared with."""
    helper = next(iter(measured.values()))
    return "\n".join(
        f"{name:28} {seconds:6.2f} s {count / seconds:12,.0f} rows/s {seconds / helper:6.2f} times"
        for name, seconds in measured.items()
    )


def is_slower(measured: Mapping[str, float]) -> bool:
    """Whether the helper took longer than another call."""
    helper, *others = measured.values()
    return helper > min(others) * _TOLERANCE


@contextmanager
def _local_cloud() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, running_cloud(Blueprint(Path(folder))) as cloud:
        os.environ.update(cloud.container_variables)
        session().bigquery.create_dataset("benchmark", exists_ok=True)
        yield


def main(arguments: Sequence[str]) -> int:
    """Measure, print; the exit code is returned."""
    parser = argparse.ArgumentParser("python -m benchmarks.notebooks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    asked = parser.parse_args(arguments)
    frame = rows(asked.rows)
    warnings.simplefilter("ignore", FutureWarning)  # of Google's own clients, at every call
    with _local_cloud():
        written = medians(writing(frame), asked.repetitions)
        read = medians(reading(), asked.repetitions)
    title = f"{asked.rows:,} rows of {len(frame.columns)} columns, {asked.repetitions} turns each"
    sys.stdout.write(f"{title}\n{report(written, asked.rows)}\n{report(read, asked.rows)}\n")
    return int(is_slower(written) or is_slower(read))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
