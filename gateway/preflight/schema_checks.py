"""What a model wants of an input table, and what its output will look like. Pure.

Only the job can ask the model itself; the signature is what the model said at its registration.
"""

from collections.abc import Sequence

from shared.errors import FailedPrecondition, InvalidArgument
from shared.registry.models import RegisteredModel
from shared.tables.compatibility import CARRIED_TYPES
from shared.tables.lineage import LINEAGE, PROBABILITY
from shared.tables.table import Column, require_columns

_NUMBERS = frozenset({"BIGNUMERIC", "BOOLEAN", "FLOAT", "INTEGER", "NUMERIC"})
_TEXTS = frozenset({"BYTES", "GEOGRAPHY", "JSON", "STRING"})
_UNUSABLE = frozenset({"INTERVAL", "RANGE", "RECORD", "STRUCT"})
_INPUT_TYPES = {"BOOLEAN": _NUMBERS, "FLOAT": _NUMBERS, "INTEGER": _NUMBERS, "STRING": _TEXTS}
_SPOKEN = {_NUMBERS: "numbers", _TEXTS: "texts"}


def feature_types(model: RegisteredModel) -> dict[str, str | None]:
    """The type of each feature by its name, None where nobody told; {} when nothing is known."""
    told = {each["name"]: each.get("type") for each in model.signature.get("inputs") or ()}
    return told or dict.fromkeys(map(str, model.metadata.get("features") or ()))


def require_features(table: Sequence[Column], model: RegisteredModel) -> tuple[Column, ...]:
    """The feature columns of a table, as far as they are known.

    Raises:
        FailedPrecondition: naming the columns that are missing, or have a type that the model
            cannot take.
    """
    types = feature_types(model)
    columns = require_columns(table, list(types), "feature")
    wrong = [
        f"{column.name} is {column.mode} {column.type}{_wanted(wanted)}"
        for column, wanted in zip(columns, types.values(), strict=True)
        if not _is_usable(column, wanted)
    ]
    if wrong:
        raise FailedPrecondition(
            f"{model.version} cannot take the columns as they are: {'; '.join(wrong)}",
            reason="UNUSABLE_COLUMN_TYPES",
            columns=", ".join(wrong),
        )
    return columns


def _is_usable(column: Column, wanted: str | None) -> bool:
    if column.mode == "REPEATED" or column.type in _UNUSABLE:
        return False
    # An example in JSON tells numbers from texts; it knows no dates, and writes them as texts.
    family = _INPUT_TYPES.get(wanted or "")
    return family is None or column.type in family or column.type not in _NUMBERS | _TEXTS


def _wanted(wanted: str | None) -> str:
    family = _INPUT_TYPES.get(wanted or "")
    return f", and the model was shown {_SPOKEN[family]}" if family else ""


def require_keys(
    table: Sequence[Column], asked: Sequence[str], model: RegisteredModel
) -> tuple[Column, ...]:
    """The columns that will be carried over.

    Raises:
        FailedPrecondition: when one is missing, or cannot be carried over.
        InvalidArgument: when one has the name of an output column.
    """
    added = {column.name.casefold() for column in _added(model)}
    listed = [*asked] or [str(each) for each in model.metadata.get("key_columns") or ()]
    if listed:
        keys = require_columns(table, listed, "key")
    elif features := {name.casefold() for name in feature_types(model)}:
        keys = tuple(c for c in table if c.name.casefold() not in features | added)
    else:
        return ()
    if clashes := [key.name for key in keys if key.name.casefold() in added]:
        raise InvalidArgument(
            f"key_columns {', '.join(clashes)}: the prediction writes columns of that name; "
            "leave them out",
            reason="KEY_COLUMN_CLASH",
            columns=", ".join(clashes),
        )
    if lost := [key for key in keys if key.type not in CARRIED_TYPES or key.mode == "REPEATED"]:
        words = ", ".join(f"{key.name} ({key.mode} {key.type})" for key in lost)
        raise FailedPrecondition(
            f"the input columns {words} cannot be carried over: name others with key_columns",
            reason="UNSUPPORTED_KEY_COLUMNS",
            columns=", ".join(key.name for key in lost),
        )
    return keys


def output_columns_of(keys: Sequence[Column], model: RegisteredModel) -> tuple[Column, ...]:
    """The output columns whose types are known: keys, predictions, probabilities, lineage."""
    return (*(Column(key.name, key.type) for key in keys), *_added(model))


def _added(model: RegisteredModel) -> tuple[Column, ...]:
    outputs = model.signature.get("outputs") or ()
    several = len(outputs) > 1
    return (
        *(Column(str(each["name"]), each["type"]) for each in outputs if each.get("type")),
        *(
            Column(f"{PROBABILITY}_{each['name']}" if several else PROBABILITY, "FLOAT")
            for each in outputs
            if each.get("classes")
        ),
        *(column for column, _ in LINEAGE),
    )
