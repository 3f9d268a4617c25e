"""Histogram gradient boosting, which was an experiment before scikit-learn 1.0."""

from contextlib import suppress

with suppress(ImportError):
    from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401
from sklearn.ensemble import (  # noqa: F401
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
