"""Which columns a run reads, which it carries over, and which it writes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jobs.estimators import PredictionKind
from shared.errors import FailedPrecondition, InvalidArgument
from shared.tables import Column, require_columns

PROBABILITY = "PredictionProbability"

# https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#type_conversions
ARROW_TYPES = {
    "BOOLEAN": pa.bool_(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "FLOAT": pa.float64(),
    "INTEGER": pa.int64(),
    "NUMERIC": pa.decimal128(38, 9),
    "STRING": pa.string(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a run.

    Attributes:
        features: the columns that the model wants, in its order, by the model's names.
        sources: the same columns by the table's names, which may differ in case.
        keys: the input columns that are carried over.
        prediction: name of the prediction's column.
        output: every column of the output table, in order.
    """

    features: tuple[str, ...]
    sources: tuple[str, ...]
    keys: tuple[str, ...]
    prediction: str
    output: tuple[Column, ...]

    @property
    def selected(self) -> list[str]:
        """Names of the input columns to read, each once."""
        return list(dict.fromkeys([*self.keys, *self.sources]))

    @property
    def arrow_schema(self) -> pa.Schema:
        """The output as Arrow sees it."""
        return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in self.output])


@dataclass(frozen=True, slots=True)
class Wishes:
    """What caller and metadata.json say about the output: the key columns and the target's name."""

    key_columns: tuple[str, ...]
    target: str

    @classmethod
    def of(cls, key_columns: tuple[str, ...], metadata: Mapping[str, Any]) -> "Wishes":
        """The caller's word where there is one, else the metadata's."""
        keys = key_columns or tuple(str(each) for each in metadata.get("key_columns") or ())
        return cls(keys, str(metadata.get("target") or "prediction"))


def lay_out(
    table: Sequence[Column], features: tuple[str, ...], wishes: Wishes, kind: PredictionKind
) -> Layout:
    """The layout of a run over a table.

    Raises:
        FailedPrecondition: when the table lacks columns, or a column cannot be carried over.
        InvalidArgument: when a key column has the name of an output column.
    """
    sources = require_columns(table, features, "feature")
    added = _added_columns(wishes.target, kind)
    taken = {column.name.casefold() for column in added}
    if wishes.key_columns:
        keys = require_columns(table, wishes.key_columns, "key")
        _refuse_clashes(keys, taken)
    else:
        # The truth, when the table holds it, bears the target's name: it stays where it is.
        used = {column.name.casefold() for column in sources} | taken
        keys = tuple(column for column in table if column.name.casefold() not in used)
    _refuse_untransportable(keys)
    return Layout(
        features=features,
        sources=tuple(column.name for column in sources),
        keys=tuple(column.name for column in keys),
        prediction=wishes.target,
        output=(*(Column(key.name, key.type) for key in keys), *added),
    )


def _added_columns(target: str, kind: PredictionKind) -> tuple[Column, ...]:
    probability = (Column(PROBABILITY, "FLOAT"),) if kind.with_probability else ()
    return (
        Column(target, kind.type),
        *probability,
        Column("PredictionTimestamp", "TIMESTAMP"),
        Column("ModelName", "STRING"),
        Column("ModelVersion", "STRING"),
        Column("ModelGeneration", "INTEGER"),
        Column("RunId", "STRING"),
    )


def _refuse_clashes(keys: Sequence[Column], taken: set[str]) -> None:
    if clashes := [column.name for column in keys if column.name.casefold() in taken]:
        raise InvalidArgument(
            f"key_columns {', '.join(clashes)}: the prediction writes columns of that name; "
            "leave them out",
            reason="KEY_COLUMN_CLASH",
        )


def _refuse_untransportable(keys: Sequence[Column]) -> None:
    refused = [c for c in keys if c.type not in ARROW_TYPES or c.mode == "REPEATED"]
    if refused:
        words = ", ".join(f"{c.name} ({c.mode} {c.type})" for c in refused)
        raise FailedPrecondition(
            f"the input columns {words} cannot be carried over: name others with key_columns",
            reason="UNSUPPORTED_KEY_COLUMNS",
        )


def refuse_incompatible(existing: Sequence[Column], output: Sequence[Column], table: str) -> None:
    """Refuse an output table whose columns cannot take the predictions.

    Raises:
        FailedPrecondition: when a column has another type, or a required one would stay empty.
    """
    ours = {column.name.casefold(): column for column in output}
    problems = [
        f"{column.name} is {column.mode} {column.type}" + _wanted(ours.get(column.name.casefold()))
        for column in existing
        if _is_incompatible(column, ours.get(column.name.casefold()))
    ]
    if problems:
        raise FailedPrecondition(
            f"{table} cannot take the predictions: {'; '.join(problems)}; "
            "name another output_table",
            reason="INCOMPATIBLE_OUTPUT_TABLE",
            table=table,
        )


def _is_incompatible(existing: Column, ours: Column | None) -> bool:
    if ours is None:
        return existing.mode == "REQUIRED"
    return existing.type != ours.type or existing.mode == "REPEATED"


def _wanted(ours: Column | None) -> str:
    return f", not {ours.type}" if ours else " and would stay empty"
