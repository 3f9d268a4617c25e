"""Encodes each distinct row of categories once.

A fitted encoder transforms each row independently of the others, so equal rows get equal bits: it
is enough to transform the distinct rows and to repeat the results. This is verified for exactly the
types below; a transformer of another type is used unchanged.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn import preprocessing
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

# They treat -0.0 and 0.0 as one category, as `combination_codes` does.
_ENCODERS = tuple(
    getattr(preprocessing, name)
    for name in ("OneHotEncoder", "OrdinalEncoder", "TargetEncoder")  # the last since 1.3
    if hasattr(preprocessing, name)
)
_BEFORE_ENCODERS = (SimpleImputer,)

# To look up more distinct rows one by one costs more than to encode them again.
_MAX_CACHED_ROWS = 300
_MISSING = object()


def with_cached_encoders(transformer: Any) -> Any:
    """A copy of a ColumnTransformer with cached encoders; any other transformer unchanged.

    The copy is valid for frames of `feature_frame`, where all objects of an object column have the
    same type.
    """
    if type(transformer) is not ColumnTransformer:
        return transformer
    sparse = transformer.sparse_output_
    cached = copy.copy(transformer)
    cached.transformers_ = [
        (name, CachedEncoder(each, dense=not sparse) if _is_encoder(each) else each, columns)
        for name, each, columns in transformer.transformers_
    ]
    return cached


def _is_encoder(transformer: Any) -> bool:
    if type(transformer) is Pipeline:
        *before, last = (step for _, step in transformer.steps)
        return type(last) in _ENCODERS and all(type(each) in _BEFORE_ENCODERS for each in before)
    return type(transformer) in _ENCODERS


class CachedEncoder:
    """A fitted encoder that transforms each distinct row once.

    Attributes:
        dense: whether the caller converts the result into a dense matrix.
    """

    def __init__(self, encoder: Any, *, dense: bool):
        self.encoder = encoder
        self.dense = dense
        self._cache: dict[tuple[Any, ...], np.ndarray] = {}

    def transform(self, frame: Any) -> Any:
        """The encoder's result; shape (rows, encoded columns). Arrays bypass the cache."""
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
        """The encoder's result for distinct rows, from the cache if it holds all of them."""
        if not self.dense or len(distinct) > _MAX_CACHED_ROWS:
            return self._dense(self.encoder.transform(distinct))
        keys = _keys(distinct)
        cached = [self._cache.get(key) for key in keys]
        if all(row is not None for row in cached):
            return np.stack(cached)  # type: ignore[arg-type]
        encoded = self._dense(self.encoder.transform(distinct))
        if isinstance(encoded, np.ndarray):
            self._store(keys, encoded)
        return encoded

    def _dense(self, encoded: Any) -> Any:
        return encoded.toarray() if self.dense and hasattr(encoded, "toarray") else encoded

    def _store(self, keys: Sequence[tuple[Any, ...]], encoded: np.ndarray) -> None:
        if len(self._cache) > _MAX_CACHED_ROWS:
            self._cache.clear()
        for key, row in zip(keys, encoded):
            # A copy, because a view of the row would keep the whole matrix in memory.
            self._cache.setdefault(key, row.copy())


def _keys(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """A key for each row; equal rows have equal keys, and NaN is equal to NaN."""
    kinds = tuple(rows.dtypes)
    return [
        (kinds, *(_MISSING if value != value else value for value in row))  # noqa: PLR0124
        for row in rows.itertuples(index=False, name=None)
    ]


def combination_codes(frame: pd.DataFrame) -> np.ndarray | None:
    """An integer per row, equal for equal rows and below len(frame); shape (rows,).

    None when there are more combinations of values than rows: then caching does not pay.
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
    """The index of one row per distinct code, and for each row the index of its code in these."""
    rows = np.full(codes.max() + 1, -1)
    rows[codes] = np.arange(len(codes))
    found = rows >= 0
    indices = np.cumsum(found) - 1
    return rows[found], indices[codes]
