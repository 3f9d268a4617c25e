"""The columns of a table that hold a model's features, whose names BigQuery may not allow. Pure.

BigQuery's load jobs and SQL without quotes take letters, digits and underscores. A feature such as
`sepal length (cm)` is in the column that metadata.json's `columns` names; else in the column of
exactly its name; else in that of its legal name, `sepal_length__cm_`, as `bq_put` writes it.

https://cloud.google.com/bigquery/docs/schemas#column_names
"""

import re
from collections.abc import Iterable, Sequence

from shared.errors import FailedPrecondition
from shared.registry.signature import InputColumn

_ILLEGAL = re.compile(r"\W")  # \w: letters and digits of every script, and underscores
_MAX_LENGTH = 300


def legal_name(name: str) -> str:
    """The name of a column for a feature: an underscore for each character that is not allowed."""
    legal = _ILLEGAL.sub("_", name)[:_MAX_LENGTH]
    return f"_{legal}"[:_MAX_LENGTH] if not legal or legal[0].isdigit() else legal


def feature_column_names(inputs: Sequence[InputColumn], table: Iterable[str]) -> tuple[str, ...]:
    """For each feature the name of its column; one that the table lacks keeps its legal name.

    Args:
        inputs: the features, in the model's order.
        table: names of the table's columns.

    Raises:
        FailedPrecondition: when two features would be read from one column.
    """
    existing = {name.casefold() for name in table}
    names = tuple(_column_name(each, existing) for each in inputs)
    features: dict[str, str] = {}
    for feature, name in zip(inputs, names, strict=True):
        if (other := features.setdefault(name.casefold(), feature.name)) != feature.name:
            raise FailedPrecondition(
                f"the features {other!r} and {feature.name!r} are both in the column {name}: name "
                'the column of each in metadata.json, as "columns"',
                reason="FEATURES_SHARE_A_COLUMN",
                columns=name,
            )
    return names


def _column_name(feature: InputColumn, existing: set[str]) -> str:
    if feature.column:
        return feature.column
    return feature.name if feature.name.casefold() in existing else legal_name(feature.name)
