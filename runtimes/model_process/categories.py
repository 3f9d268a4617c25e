"""What a model was fitted on where that is no number and no plain text.

Boosters take columns of pandas' dtype category by the place of a value in the list of categories,
so the list must be the one of the fit. LightGBM keeps it, XGBoost does since 3.1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .errors import ModelError
from .estimators import feature_count, first_parts, steps_of

# In LightGBM's own text of a model, among the parameters at its end.
_LIGHTGBM_COLUMNS = re.compile(r"^\[categorical_feature: ([0-9,]+)\]$", re.MULTILINE)


def library(part: Any) -> str | None:
    """The package of a booster; None for any other object."""
    booster = getattr(part, "booster", None)  # of an adapter, see boosters.py
    for each in (part, booster):
        package = type(each).__module__.partition(".")[0]
        if package in ("catboost", "lightgbm", "xgboost"):
            return package
    return None


def known_categories(part: Any) -> Mapping[int, Sequence[Any]]:
    """For each column that a booster takes as a category, by position, the list of the fit.

    Raises:
        ModelError: when it takes categories and has not kept them.
    """
    reader = {"lightgbm": _of_lightgbm, "xgboost": _of_xgboost}.get(library(part) or "")
    try:
        return reader(part) if reader else {}
    except ModelError:
        raise
    except Exception:  # noqa: BLE001  (one that was never fitted; it says so when it is asked)
        return {}


def _of_lightgbm(part: Any) -> Mapping[int, Sequence[Any]]:
    booster = getattr(part, "booster", None) or part.booster_
    categories = booster.pandas_categorical or []
    found = (
        _LIGHTGBM_COLUMNS.search(booster.model_to_string(num_iteration=1)) if categories else None
    )
    positions = list(map(int, found[1].split(","))) if found else []
    # There are more positions where columns of numbers were named besides.
    return dict(zip(positions, categories)) if len(positions) == len(categories) else {}


def _of_xgboost(part: Any) -> Mapping[int, Sequence[Any]]:
    booster: Any = getattr(part, "booster", None)
    if not hasattr(booster, "feature_types"):
        booster = part.get_booster()
    if "c" not in (booster.feature_types or ()):
        return {}
    if hasattr(booster, "get_categories"):
        kept = booster.get_categories(export_to_arrow=True)
        if kept is not None:
            lists = (each for _, each in kept.to_arrow())
            return {place: each.to_pylist() for place, each in enumerate(lists) if each is not None}
    # Of an array, the values are the places already; of a frame, its dtype knew them.
    if booster.feature_names is None or getattr(part, "feature_types", None):
        return {}
    raise ModelError(
        "holds a booster that was fitted on columns of the dtype category, and XGBoost {} does not "
        "keep their categories: put an OrdinalEncoder before it, in a Pipeline, or fit it with "
        "XGBoost 3.1 or later".format(sys.modules["xgboost"].__version__)
    )


def integer_categories(part: Any) -> Sequence[int]:
    """The positions of the columns that CatBoost takes as categories: it refuses floats there."""
    return list(part.get_cat_feature_indices()) if library(part) == "catboost" else []


def columns_with_none(model: Any) -> frozenset[Any]:
    """Names and positions of the columns whose transformer was fitted on None instead of NaN."""
    return frozenset(
        column
        for part in first_parts(model)
        for step, columns in _steps_on_columns(part)
        for column in _with_none(step, columns)
    )


def _steps_on_columns(part: Any) -> Iterator[tuple[Any, Sequence[Any]]]:
    """Each step of a transformer with the names or positions of the columns that it transforms."""
    yield part, range(feature_count(part) or len(getattr(part, "categories_", ())))
    for _, transformer, columns in getattr(part, "transformers_", None) or ():
        if not isinstance(columns, (str, slice)) and np.iterable(columns):
            for step in steps_of(transformer):
                yield step, list(columns)


def _with_none(step: Any, columns: Sequence[Any]) -> Sequence[Any]:
    """Those of its columns in which it knows None."""
    if getattr(step, "missing_values", np.nan) is None:
        return columns
    categories = getattr(step, "categories_", None)
    if not isinstance(categories, list):
        return ()
    return [
        column
        for column, known in zip(columns, categories)
        if any(each is None for each in np.asarray(known, dtype=object))
    ]
