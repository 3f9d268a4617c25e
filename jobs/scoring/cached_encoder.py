"""Does the work on repeated rows of categories once.

A fitted encoder maps a row whatever the rows beside it, so equal rows get equal bits: it is enough
to transform each distinct row and to repeat the outcome. Only transformers of exactly the types
below are known to be so; any other is left as it is.
"""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

# To these -0.0 and 0.0 are one category, as to the search for distinct rows.
_ENCODERS = (OneHotEncoder, OrdinalEncoder, TargetEncoder)
_BEFORE_ENCODERS = (SimpleImputer,)

# Of more distinct rows, looking them up one by one costs more than encoding them again.
_MOST_REMEMBERED = 300
_MISSING = object()


def with_cached_encoders(transformer: Any) -> Any:
    """The transformer or, of a ColumnTransformer, a copy whose encoders see distinct rows only.

    It is meant for the frame that `feature_frame` makes: there a column of Python objects holds
    objects of one type.
    """
    if type(transformer) is not ColumnTransformer:
        return transformer
    sparse = transformer.sparse_output_
    shortened = copy.copy(transformer)
    shortened.transformers_ = [
        (name, CachedEncoder(each, dense=not sparse) if _is_encoder(each) else each, columns)
        for name, each, columns in transformer.transformers_
    ]
    return shortened


def _is_encoder(transformer: Any) -> bool:
    if type(transformer) is Pipeline:
        *before, last = (step for _, step in transformer.steps)
        return type(last) in _ENCODERS and all(type(each) in _BEFORE_ENCODERS for each in before)
    return type(transformer) in _ENCODERS


class CachedEncoder:
    """A fitted encoder that transforms each distinct row once.

    Attributes:
        dense: whether its caller will want a dense matrix.
    """

    def __init__(self, encoder: Any, *, dense: bool):
        self.encoder = encoder
        self.dense = dense
        self._known: dict[tuple[Any, ...], np.ndarray] = {}

    def transform(self, frame: pd.DataFrame | np.ndarray) -> Any:
        """What the encoder makes of the rows; an array's columns have no names to tell them by."""
        if not isinstance(frame, pd.DataFrame):
            return self.encoder.transform(frame)
        if (codes := combination_codes(frame)) is None:
            return self.encoder.transform(frame)
        examples, inverse = _examples(codes)
        encoded = self._encoded(frame.iloc[examples])
        if isinstance(encoded, pd.DataFrame):
            return encoded.iloc[inverse].set_axis(frame.index)
        if isinstance(encoded, np.ndarray):
            return encoded.take(inverse, axis=0)
        return encoded[inverse]

    def _encoded(self, distinct: pd.DataFrame) -> Any:
        """The encoder's rows; dense ones that an earlier batch had are remembered."""
        if not self.dense or len(distinct) > _MOST_REMEMBERED:
            return self._dense(self.encoder.transform(distinct))
        keys = _keys(distinct)
        known = [self._known.get(key) for key in keys]
        if all(row is not None for row in known):
            return np.stack(known)  # type: ignore[arg-type]
        encoded = self._dense(self.encoder.transform(distinct))
        if isinstance(encoded, np.ndarray):
            self._remember(keys, encoded)
        return encoded

    def _dense(self, encoded: Any) -> Any:
        return encoded.toarray() if self.dense and hasattr(encoded, "toarray") else encoded

    def _remember(self, keys: Sequence[tuple[Any, ...]], encoded: np.ndarray) -> None:
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        for key, row in zip(keys, encoded, strict=True):
            # A copy, for the row alone would keep all of its matrix.
            self._known.setdefault(key, row.copy())


def _keys(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """For each row a key that is equal for equal rows, also where NaN is not equal to itself."""
    kinds = tuple(rows.dtypes)
    return [
        (kinds, *(_MISSING if value != value else value for value in row))  # noqa: PLR0124
        for row in rows.itertuples(index=False, name=None)
    ]


def combination_codes(frame: pd.DataFrame) -> np.ndarray | None:
    """A number for each row, equal for equal rows; all are below the number of rows.

    None when there are too many combinations of values for the shortcut to pay.
    """
    codes = np.zeros(len(frame), dtype=np.intp)
    combinations = 1
    for name in frame:
        numbers, values = pd.factorize(frame[name], use_na_sentinel=False)
        combinations *= len(values)
        if combinations > len(frame):
            return None
        codes *= len(values)
        codes += numbers
    return codes


def _examples(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A row of each code, and for each row the place of its code among them."""
    rows = np.full(codes.max() + 1, -1)
    rows[codes] = np.arange(len(codes))
    found = rows >= 0
    indices = np.cumsum(found) - 1
    return rows[found], indices[codes]
