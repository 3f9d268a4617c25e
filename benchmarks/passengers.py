"""Any number of passengers like the Titanic's, drawn from a fixed seed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KEY = "PassengerId"
TARGET = "Survived"
NUMBERS = ["Age", "Fare", "SibSp", "Parch"]
CATEGORIES = ["Sex", "Embarked", "Pclass"]
FEATURES = NUMBERS + CATEGORIES

# What one message of the BigQuery Storage Read API holds of a table of this width.
_MESSAGE_ROWS = 8_192
_SEED = 1912
_SURNAMES = ["Allen", "Braund", "Cumings", "Futrelle", "Johnson", "McCarthy", "Moran", "Nasser"]


def write_passengers(path: Path, rows: int, *, first: int = 1) -> None:
    """Write an Arrow IPC stream of passengers, in messages as BigQuery sends them."""
    schema = next(passengers(1)).schema
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        for batch in passengers(rows, first=first):
            stream.write_batch(batch)


def passengers(rows: int, *, first: int = 1) -> Iterator[pa.RecordBatch]:
    """Passengers numbered from `first`, in batches of one message each."""
    generator = np.random.default_rng((_SEED, first))
    for start in range(first, first + rows, _MESSAGE_ROWS):
        yield _message(min(_MESSAGE_ROWS, first + rows - start), start, generator)


def survival(batch: pa.RecordBatch) -> np.ndarray:
    """Who survives, drawn by sex, class, age, fare and company; for training."""
    age = pc.fill_null(batch["Age"], 29.0).to_numpy()
    score = (
        np.where(_is(batch, "Sex", "female"), 1.4, -1.0)
        - 0.6 * (batch["Pclass"].to_numpy() - 2)
        - 0.02 * (age - 30)
        + 0.004 * batch["Fare"].to_numpy()
        - 0.2 * batch["SibSp"].to_numpy()
        + 0.15 * _is(batch, "Embarked", "C")
    )
    chance = np.random.default_rng(_SEED).random(batch.num_rows)
    return (chance < 1 / (1 + np.exp(-score))).astype(np.int64)


def _is(batch: pa.RecordBatch, column: str, value: str) -> np.ndarray:
    return pc.fill_null(pc.equal(batch[column], value), False).to_numpy(zero_copy_only=False)


def _message(rows: int, start: int, generator: np.random.Generator) -> pa.RecordBatch:
    def drawn(values: Sequence[Any], shares: Sequence[float]) -> np.ndarray:
        return generator.choice(values, rows, p=shares)

    def known(values: Any, missing: float) -> pa.Array:
        return pa.array(values, mask=generator.random(rows) < missing)

    ids = range(start, start + rows)
    surnames = drawn(_SURNAMES, [1 / len(_SURNAMES)] * len(_SURNAMES))
    ages = generator.normal(30, 14, rows).clip(0.5, 80).round(1)
    cabins = generator.integers(0, 130, rows)
    return pa.RecordBatch.from_pydict(
        {
            KEY: pa.array(ids, pa.int64()),
            "Pclass": drawn([1, 2, 3], [0.24, 0.21, 0.55]),
            "Name": [f"{name}, passenger {each}" for name, each in zip(surnames, ids, strict=True)],
            "Sex": drawn(["female", "male"], [0.35, 0.65]).astype(object),
            "Age": known(ages, missing=0.2),
            "SibSp": drawn(range(6), [0.68, 0.23, 0.04, 0.02, 0.02, 0.01]),
            "Parch": drawn(range(6), [0.76, 0.13, 0.09, 0.01, 0.005, 0.005]),
            "Ticket": [f"A/5 {number}" for number in generator.integers(2_000, 400_000, rows)],
            "Fare": generator.lognormal(2.9, 0.95, rows).round(4),
            "Cabin": known([f"C{number}" for number in cabins], missing=0.77),
            "Embarked": known(drawn(["S", "C", "Q"], [0.72, 0.19, 0.09]).astype(object), 0.002),
        }
    )
