"""The schema of an output table: what a run reads, carries over and writes. Pure.

The gateway's pre-flight and the job's plan both call `OutputSpec.resolve`: what one of them accepts
or refuses, the other does too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import FailedPrecondition, InvalidArgument
from shared.registry.signature import InputColumn, ModelSignature, OutputColumn
from shared.tables.column_names import feature_column_names
from shared.tables.feature_columns import require_feature_columns
from shared.tables.table import Column, require_columns

# What a run can carry over to the output table; `jobs/dataframes/arrow_types.py` says how.
CARRIED_TYPES = frozenset(
    {
        *("BOOLEAN", "BYTES", "DATE", "DATETIME", "FLOAT", "INTEGER", "NUMERIC"),
        *("STRING", "TIME", "TIMESTAMP"),
    }
)
PROBABILITY = "PredictionProbability"

# The last columns of every output table, and what each holds.
LINEAGE = (
    (
        Column("PredictionTimestamp", "TIMESTAMP"),
        "When the run was planned: the same in all of its rows.",
    ),
    (Column("ModelName", "STRING"), "Name of the model."),
    (Column("ModelVersion", "STRING"), "Its version: v1, v2, …"),
    (
        Column("ModelGeneration", "INTEGER"),
        "Generation of model.pkl in Cloud Storage: tells which upload of that version it was.",
    ),
    (Column("RunId", "STRING"), "The run, as in `prediction_runs`."),
)

# Runs a check of a parameter; returns what the check returns, or None when it was refused and the
# refusal was collected. `fail_fast` lets the refusal through.
type Attempt = Callable[[str, Callable[[], Any]], Any]


def fail_fast(_parameter: str, check: Callable[[], Any]) -> Any:
    """The `Attempt` that raises the first refusal."""
    return check()


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The columns of a run.

    Attributes:
        features: the columns that the model takes, in its order, by the model's names.
        sources: the same columns by the table's names.
        keys: the input columns that are carried over.
        predictions: names of the prediction columns, one for each output of the model.
        probabilities: names of their probability columns; none where the model gives none.
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
        """Names of the output columns with few distinct values: labels and constants."""
        keys = frozenset(self.keys)
        return [c.name for c in self.output if c.name not in keys and c.type != "FLOAT"]


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """What the caller and metadata.json specify of the output.

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
        """The caller's key columns, else those of the metadata; the metadata's targets."""
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

    def resolve(self, table: Sequence[Column], signature: ModelSignature) -> OutputSchema:
        """The schema of a model's predictions over an input table.

        Args:
            table: columns of the input table.
            signature: of the model.

        Raises:
            FailedPrecondition: when the table lacks columns, a column has a type that the model
                cannot take or that cannot be carried over, or an output has no name or type.
            InvalidArgument: when a key column has the name of an output column.
        """
        schema = self.attempt_resolve(table, signature, fail_fast)
        assert schema is not None  # noqa: S101  (what is missing was raised)
        return schema

    def attempt_resolve(
        self, table: Sequence[Column], signature: ModelSignature, attempt: Attempt
    ) -> OutputSchema | None:
        """As `resolve`, each check run by `attempt`; None when it collected a refusal."""
        sources = attempt("input_table", lambda: require_feature_columns(table, signature))
        predicted = attempt("model_version", lambda: self._predicted(signature))
        if predicted is None:
            return None
        names, probabilities, added = predicted
        keys = attempt("key_columns", lambda: self._keys(table, signature, added))
        if sources is None or keys is None:
            return None
        return OutputSchema(
            features=signature.features,
            sources=tuple(column.name for column in sources),
            keys=tuple(column.name for column in keys),
            predictions=names,
            probabilities=probabilities,
            output=(*(Column(key.name, key.type) for key in keys), *added),
        )

    def attempt_partly(
        self, table: Sequence[Column], features: Sequence[str], attempt: Attempt
    ) -> tuple[str, ...]:
        """What can be checked when the signature is unknown; the input columns known to be read."""
        lineage = [column for column, _ in LINEAGE]
        named = ModelSignature(tuple(map(InputColumn, features)))
        sources = attempt("input_table", lambda: _named_columns(table, named)) or ()
        keys: Sequence[Column] = ()
        if self.key_columns or features:
            keys = attempt("key_columns", lambda: self._keys(table, named, lineage)) or ()
        return tuple(dict.fromkeys(column.name for column in (*keys, *sources)))

    def _predicted(
        self, signature: ModelSignature
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Column, ...]]:
        """Names of predictions and probabilities, and every column that the run adds."""
        outputs = signature.outputs
        names = self.names(len(outputs))
        predictions = [
            Column(name, _type_of(output)) for name, output in zip(names, outputs, strict=True)
        ]
        probabilities = _probability_names(names, outputs)
        lineage = (column for column, _ in LINEAGE)
        added = (*predictions, *(Column(name, "FLOAT") for name in probabilities), *lineage)
        return names, probabilities, added

    def _keys(
        self, table: Sequence[Column], signature: ModelSignature, added: Sequence[Column]
    ) -> tuple[Column, ...]:
        taken = {column.name.casefold() for column in added}
        if self.key_columns:
            keys = require_columns(table, self.key_columns, "key")
            _require_no_clash(keys, taken)
        else:
            # The truth, when the table holds it, has the target's name: it is not carried over.
            names = feature_column_names(signature.inputs, [column.name for column in table])
            used = {name.casefold() for name in (*signature.features, *names)} | taken
            keys = tuple(column for column in table if column.name.casefold() not in used)
        _require_carriable(keys)
        return keys


def _named_columns(table: Sequence[Column], signature: ModelSignature) -> tuple[Column, ...]:
    names = feature_column_names(signature.inputs, [column.name for column in table])
    return require_columns(table, names, "feature")


def _type_of(output: OutputColumn) -> str:
    if output.type is None:
        raise FailedPrecondition(
            "the model's labels have no type in BigQuery: train it on texts, integers, floats or "
            "booleans",
            reason="UNSUPPORTED_LABELS",
        )
    return output.type


def _probability_names(names: Sequence[str], outputs: Sequence[OutputColumn]) -> tuple[str, ...]:
    if not outputs or not outputs[0].has_probability:
        return ()
    return (PROBABILITY,) if len(names) == 1 else tuple(f"{PROBABILITY}_{name}" for name in names)


def _require_a_name_each(targets: tuple[str, ...], outputs: int) -> None:
    if len(targets) != outputs:
        raise FailedPrecondition(
            f"metadata.json names {len(targets)} targets ({', '.join(targets)}), "
            f"and the model predicts {outputs} outputs: name each of them",
            reason="TARGETS_DIFFER",
        )


def _require_no_clash(keys: Sequence[Column], taken: set[str]) -> None:
    if clashes := [column.name for column in keys if column.name.casefold() in taken]:
        raise InvalidArgument(
            f"key_columns {', '.join(clashes)}: the prediction writes columns of that name; "
            "leave them out",
            reason="KEY_COLUMN_CLASH",
            columns=", ".join(clashes),
        )


def _require_carriable(keys: Sequence[Column]) -> None:
    refused = [c for c in keys if c.type not in CARRIED_TYPES or c.mode == "REPEATED"]
    if refused:
        words = ", ".join(f"{c.name} ({c.mode} {c.type})" for c in refused)
        raise FailedPrecondition(
            f"the input columns {words} cannot be carried over: name others with key_columns",
            reason="UNSUPPORTED_KEY_COLUMNS",
            columns=", ".join(c.name for c in refused),
        )
