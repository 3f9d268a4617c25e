"""Which columns a run reads, which it carries over, and which it writes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jobs.dataframes.arrow_types import ARROW_TYPES
from jobs.models.estimators import PredictionKind
from shared.errors import FailedPrecondition, InvalidArgument
from shared.tables.lineage import LINEAGE, PROBABILITY
from shared.tables.table import Column, require_columns

# One copy of a text a batch: neither memory nor Parquet's encoder meets it once a row.
_CONSTANT_TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The columns of a run.

    Attributes:
        features: the columns that the model wants, in its order, by the model's names.
        sources: the same columns by the table's names, which may differ in case.
        keys: the input columns that are carried over.
        predictions: names of the prediction's columns, one for each output of the model.
        probabilities: names of their probabilities' columns; none where the model gives none.
        output: every column of the output table, in order.
    """

    features: tuple[str, ...]
    sources: tuple[str, ...]
    keys: tuple[str, ...]
    predictions: tuple[str, ...]
    probabilities: tuple[str, ...]
    output: tuple[Column, ...]

    @property
    def selected(self) -> list[str]:
        """Names of the input columns to read, each once."""
        return list(dict.fromkeys([*self.keys, *self.sources]))

    @property
    def repetitive(self) -> list[str]:
        """Names of the output columns that hold few values over and over: labels and constants."""
        keys = frozenset(self.keys)
        return [c.name for c in self.output if c.name not in keys and c.type != "FLOAT"]

    @property
    def arrow_schema(self) -> pa.Schema:
        """The output as Arrow sees it."""
        return pa.schema([(column.name, _arrow_type(column)) for column in self.output])


def _arrow_type(column: Column) -> pa.DataType:
    is_constant_text = column.type == "STRING" and column in {each for each, _ in LINEAGE}
    return _CONSTANT_TEXT if is_constant_text else ARROW_TYPES[column.type]


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """What caller and metadata.json say about the output.

    Attributes:
        key_columns: what is carried over; empty for every column that is no feature.
        target: name of the prediction.
        targets: names of the predictions of a model with several outputs; empty for the target's
            name with a number.
    """

    key_columns: tuple[str, ...]
    target: str
    targets: tuple[str, ...] = ()

    @classmethod
    def of(cls, key_columns: tuple[str, ...], metadata: Mapping[str, Any]) -> "OutputSpec":
        """The caller's word where there is one, else the metadata's."""
        keys = key_columns or tuple(str(each) for each in metadata.get("key_columns") or ())
        targets = tuple(str(each) for each in metadata.get("targets") or ())
        return cls(keys, str(metadata.get("target") or "prediction"), targets)

    def names(self, outputs: int) -> tuple[str, ...]:
        """A name for each output of a model.

        Raises:
            FailedPrecondition: when the metadata names another number of them.
        """
        if self.targets:
            _require_a_name_each(self.targets, outputs)
            return self.targets
        if outputs == 1:
            return (self.target,)
        return tuple(f"{self.target}_{number}" for number in range(1, outputs + 1))


def _require_a_name_each(targets: tuple[str, ...], outputs: int) -> None:
    if len(targets) != outputs:
        raise FailedPrecondition(
            f"metadata.json names {len(targets)} targets ({', '.join(targets)}), "
            f"and the model predicts {outputs} outputs: name each of them",
            reason="TARGETS_DIFFER",
        )


def lay_out(
    table: Sequence[Column],
    features: tuple[str, ...],
    wishes: OutputSpec,
    kinds: Sequence[PredictionKind],
) -> OutputSchema:
    """The layout of a run over a table.

    Raises:
        FailedPrecondition: when the table lacks columns, or a column cannot be carried over.
        InvalidArgument: when a key column has the name of an output column.
    """
    sources = require_columns(table, features, "feature")
    names = wishes.names(len(kinds))
    probabilities = _probability_names(names, kinds)
    added = _added_columns(names, probabilities, kinds)
    taken = {column.name.casefold() for column in added}
    if wishes.key_columns:
        keys = require_columns(table, wishes.key_columns, "key")
        _refuse_clashes(keys, taken)
    else:
        # The truth, when the table holds it, bears the target's name: it stays where it is.
        used = {column.name.casefold() for column in sources} | taken
        keys = tuple(column for column in table if column.name.casefold() not in used)
    _refuse_untransportable(keys)
    return OutputSchema(
        features=features,
        sources=tuple(column.name for column in sources),
        keys=tuple(column.name for column in keys),
        predictions=names,
        probabilities=probabilities,
        output=(*(Column(key.name, key.type) for key in keys), *added),
    )


def _probability_names(names: Sequence[str], kinds: Sequence[PredictionKind]) -> tuple[str, ...]:
    if not kinds[0].with_probability:
        return ()
    return (PROBABILITY,) if len(names) == 1 else tuple(f"{PROBABILITY}_{name}" for name in names)


def _added_columns(
    names: Sequence[str], probabilities: Sequence[str], kinds: Sequence[PredictionKind]
) -> tuple[Column, ...]:
    return (
        *(Column(name, kind.type) for name, kind in zip(names, kinds, strict=True)),
        *(Column(name, "FLOAT") for name in probabilities),
        *(column for column, _ in LINEAGE),
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
