"""Which columns of an input table are a model's features, and whether it can take them. Pure."""

from collections.abc import Sequence

from shared.errors import FailedPrecondition
from shared.registry.signature import InputColumn, ModelSignature
from shared.tables.column_names import feature_column_names
from shared.tables.table import Column, require_columns

_NUMBERS = frozenset({"BIGNUMERIC", "BOOLEAN", "FLOAT", "INTEGER", "NUMERIC"})
_TEXTS = frozenset({"BYTES", "GEOGRAPHY", "JSON", "STRING"})
_UNUSABLE = frozenset({"INTERVAL", "RANGE", "RECORD", "STRUCT"})
_FAMILIES = {"BOOLEAN": _NUMBERS, "FLOAT": _NUMBERS, "INTEGER": _NUMBERS, "STRING": _TEXTS}
_FAMILY_NAMES = {_NUMBERS: "numbers", _TEXTS: "texts"}


def require_feature_columns(
    table: Sequence[Column], signature: ModelSignature
) -> tuple[Column, ...]:
    """The columns of a table that are a model's features, in the model's order.

    Raises:
        FailedPrecondition: when the features are unknown, columns are missing, or have a type that
            the model cannot take.
    """
    if not signature.inputs:
        raise features_unknown()
    names = feature_column_names(signature.inputs, [column.name for column in table])
    columns = require_columns(table, names, "feature")
    unusable = [
        f"{column.name} is {column.mode} {column.type}{_expected(wanted)}"
        for column, wanted in zip(columns, signature.inputs, strict=True)
        if not _is_usable(column, wanted)
    ]
    if unusable:
        raise FailedPrecondition(
            f"the model cannot take the columns as they are: {'; '.join(unusable)}",
            reason="UNUSABLE_COLUMN_TYPES",
            columns=", ".join(unusable),
        )
    return columns


def features_unknown() -> FailedPrecondition:
    """The refusal of a model whose feature columns have no names."""
    return FailedPrecondition(
        "the model does not know its feature columns: fit it on a DataFrame, "
        'or list them in metadata.json as "features"',
        reason="FEATURES_UNKNOWN",
    )


def _is_usable(column: Column, wanted: InputColumn) -> bool:
    if column.mode == "REPEATED" or column.type in _UNUSABLE:
        return False
    # An example in JSON tells numbers from texts; it knows no dates, and writes them as texts.
    family = _FAMILIES.get(wanted.type or "")
    return family is None or column.type in family or column.type not in _NUMBERS | _TEXTS


def _expected(wanted: InputColumn) -> str:
    family = _FAMILIES.get(wanted.type or "")
    return f", and the model was fitted on {_FAMILY_NAMES[family]}" if family else ""
