"""Does the work on repeated rows of categories once.

A fitted encoder maps a row whatever the rows beside it, so equal rows get equal bits: it is enough
to transform each distinct row and to repeat the outcome. Only transformers of exactly the types
below are known to be so; any other is left as it is.
"""

import copy
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


def without_repetition(transformer: Any) -> Any:
    """The transformer or, of a ColumnTransformer, a copy whose encoders see distinct rows only.

    It is meant for the frame that `feature_frame` makes: there a column of Python objects holds
    objects of one type.
    """
    if type(transformer) is not ColumnTransformer:
        return transformer
    sparse = transformer.sparse_output_
    shortened = copy.copy(transformer)
    shortened.transformers_ = [
        (name, _Once(each, dense=not sparse) if _is_encoder(each) else each, columns)
        for name, each, columns in transformer.transformers_
    ]
    return shortened


def _is_encoder(transformer: Any) -> bool:
    if type(transformer) is Pipeline:
        *before, last = (step for _, step in transformer.steps)
        return type(last) in _ENCODERS and all(type(each) in _BEFORE_ENCODERS for each in before)
    return type(transformer) in _ENCODERS


class _Once:
    """A fitted encoder that transforms each distinct row once.

    Attributes:
        dense: whether its caller will want a dense matrix.
    """

    def __init__(self, encoder: Any, *, dense: bool):
        self.encoder = encoder
        self.dense = dense

    def transform(self, frame: pd.DataFrame) -> Any:
        """What the encoder makes of the frame."""
        if (codes := combination_codes(frame)) is None:
            return self.encoder.transform(frame)
        examples, inverse = _examples(codes)
        encoded = self.encoder.transform(frame.iloc[examples])
        if isinstance(encoded, pd.DataFrame):
            return encoded.iloc[inverse].set_axis(frame.index)
        if self.dense and hasattr(encoded, "toarray"):
            encoded = encoded.toarray()
        return encoded[inverse]


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
        codes = codes * len(values) + numbers
    return codes


def _examples(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A row of each code, and for each row the place of its code among them."""
    rows = np.full(codes.max() + 1, -1)
    rows[codes] = np.arange(len(codes))
    found = rows >= 0
    places = np.cumsum(found) - 1
    return rows[found], places[codes]
