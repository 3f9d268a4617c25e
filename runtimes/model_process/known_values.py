"""Values of columns that an encoder of a model knows: a row of them is one that it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from . import estimators

_INTEGERS = 2**63  # BigQuery's are below
_MOST_DEPTH = 4


def json_value(value: Any) -> Any:
    """A value as JSON has it; a text of any other."""
    if value is None or isinstance(value, (bool, str)):
        return value
    is_integer = isinstance(value, int) and -_INTEGERS <= value < _INTEGERS
    is_number = isinstance(value, float) and math.isfinite(value)  # JSON has no other numbers
    return value if is_integer or is_number else str(value)


def known_values(model: Any) -> dict[str, Any]:
    """For each column that an encoder knows, a value that it knows."""
    values: dict[str, Any] = {}
    names = estimators.feature_names(model)
    _add_of_transformers(values, model, names, _MOST_DEPTH)
    _add_known(values, model, names, None)
    return values


def _add_of_transformers(
    values: dict[str, Any], model: Any, names: Sequence[str] | None, depth: int
) -> None:
    """Of column transformers, and of those within them, each with the columns that it gets."""
    for part in estimators.first_parts(model):
        for _, transformer, columns in getattr(part, "transformers_", None) or ():
            if columns is None or isinstance(columns, (str, slice)) or callable(columns):
                continue
            _add_known(values, transformer, columns, names)
            if depth:
                given = [_name(column, names) for column in columns]
                _add_of_transformers(values, transformer, given, depth - 1)


def _add_known(
    values: dict[str, Any], transformer: Any, columns: Any, names: Sequence[str] | None
) -> None:
    for part in estimators.first_parts(transformer):
        categories = getattr(part, "categories_", None)
        if categories is None or columns is None:
            continue
        for column, known in zip(columns, categories):
            present = [each for each in np.asarray(known, dtype=object) if not pd.isna(each)]
            if present:
                values.setdefault(_name(column, names), json_value(present[0]))
        return


def _name(column: Any, names: Sequence[str] | None) -> str:
    is_place = isinstance(column, (int, np.integer)) and not isinstance(column, bool)
    if names and is_place and -len(names) <= column < len(names):
        return str(names[int(column)])
    return str(column)
