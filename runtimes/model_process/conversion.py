"""Converts batches into frames of the dtypes that one model was fitted on.

`features.py` gives each type of BigQuery one dtype. Some models take another one, and say so:

=============  ========  ======================================================
column         features  of a model
=============  ========  ======================================================
BOOL           object    float64 where XGBoost or LightGBM reads it
any            any       category where XGBoost or LightGBM was fitted on it
INT64          float64   object of int where CatBoost takes it as a category
STRING, NULL   NaN       None where an encoder was fitted on None
=============  ========  ======================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_float_dtype

from .categories import columns_with_none, integer_categories, known_categories, library
from .estimators import first_parts
from .features import feature_frame


class FrameConversion:
    """Makes the frames that one model takes. Threads may share it."""

    def __init__(self, model: Any):
        """Look what a model was fitted on.

        Raises:
            ModelError: when it was fitted on categories that it has not kept.
        """
        boosters = [part for part in first_parts(model) if library(part)]
        self._takes_no_objects = any(library(each) != "catboost" for each in boosters)
        self._categories: dict[int, Sequence[Any]] = {}
        for each in boosters:
            self._categories.update(known_categories(each))
        self._integers = {place for each in boosters for place in integer_categories(each)}
        self._with_none = columns_with_none(model)

    def frame(self, batch: pa.RecordBatch) -> pd.DataFrame:
        """A batch of features as the model's DataFrame; shape (rows, features)."""
        frame = feature_frame(batch)
        changed: dict[str, Any] = {}
        for place, field in enumerate(batch.schema):
            if place in self._categories:
                changed[field.name] = _in_categories(frame[field.name], self._categories[place])
            elif place in self._integers and is_float_dtype(frame.dtypes.iloc[place]):
                changed[field.name] = _integers(frame[field.name])
            elif self._takes_no_objects and pa.types.is_boolean(field.type):
                changed[field.name] = frame[field.name].astype("float64")
            elif {field.name, place} & self._with_none and batch.column(place).null_count:
                texts = frame[field.name].astype(object)
                changed[field.name] = texts.where(texts.notna(), None)
        for name, column in changed.items():
            frame[name] = column
        return frame


def _in_categories(column: pd.Series[Any], known: Sequence[Any]) -> pd.Series[Any]:
    """A column in the dtype category; what was not among those of the fit comes after them."""
    categories = pd.Index(known)
    others = pd.Index(column.dropna().unique()).difference(categories, sort=False)
    listed = categories.append(others) if len(others) else categories
    return pd.Series(pd.Categorical(column, categories=listed), index=column.index)


def _integers(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of whole numbers as integers; what is missing stays so."""
    values = column.to_numpy()
    present = np.isfinite(values)
    objects = values.astype(object)
    objects[present] = values[present].astype("int64")
    return pd.Series(objects, index=column.index)
