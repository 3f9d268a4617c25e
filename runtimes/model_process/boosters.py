"""Raw boosters of XGBoost and LightGBM as estimators. Their packages are imported by the model."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def as_estimator(model: Any) -> Any:
    """A raw booster as an estimator; any other object unchanged."""
    for package, adapter in (("xgboost", XgboostBooster), ("lightgbm", LightgbmBooster)):
        module = sys.modules.get(package)
        if module is not None and isinstance(model, getattr(module, "Booster", ())):
            return adapter(model)
    return model


class XgboostBooster:
    """An `xgboost.Booster`; it predicts what its objective gives, probabilities among them."""

    _estimator_type = "regressor"

    def __init__(self, booster: Any):
        self.booster = booster
        names = booster.feature_names
        if names:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        self.n_features_in_ = int(booster.num_features())

    def predict(self, rows: Any) -> Any:
        """Shape (rows,), or (rows, classes) for an objective of several classes."""
        matrix = sys.modules["xgboost"].DMatrix(rows, nthread=1)
        return self.booster.predict(matrix)


class LightgbmBooster:
    """A `lightgbm.Booster`; it predicts what its objective gives, probabilities among them."""

    _estimator_type = "regressor"

    def __init__(self, booster: Any):
        self.booster = booster
        names = booster.feature_name()
        if names != [f"Column_{number}" for number in range(len(names))]:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        self.n_features_in_ = int(booster.num_feature())

    def predict(self, rows: Any) -> Any:
        """Shape (rows,), or (rows, classes) for an objective of several classes."""
        return self.booster.predict(rows, num_threads=1)
