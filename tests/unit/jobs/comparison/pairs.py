"""Pairs of small models for the comparison's tests."""

import numpy as np

from jobs.comparison.pair import ModelPair, pair_of
from jobs.models.loading import LoadedModel
from shared.registry.model_version import ModelVersion, RegisteredModel, Status
from shared.registry.signature import InputColumn, ModelSignature, OutputColumn
from shared.tables.table import Column

TABLE = (
    Column("id", "INTEGER"),
    Column("x", "FLOAT"),
    Column("sex", "STRING"),
    Column("y", "INTEGER"),
)
LABEL = OutputColumn("y", "INTEGER", classes=(0, 1))
NUMBER = OutputColumn("y", "FLOAT")


class Classifier:
    """Knows its classes, as every fitted classifier does."""

    def __init__(self, classes):
        self.classes_ = classes


class Regressor:
    """Has no classes."""


def loaded(version, *outputs, features=("x",), metadata=None, estimator=None):
    registered = RegisteredModel(
        ModelVersion("m", version), "bucket", 1, 1, "", None, Status.APPROVED,
        metadata={"target": "y"} if metadata is None else metadata,
    )  # fmt: skip
    signature = ModelSignature(tuple(map(InputColumn, features)), outputs)
    return LoadedModel(registered, estimator, signature)


def classifiers(*, table=TABLE, keys=("id",), classes=None) -> ModelPair:
    """Two classifiers of the labels 0 and 1, or of other classes."""
    estimator = Classifier(np.array(classes or [0, 1]))
    a, b = (
        loaded(version, LABEL, features=("x", "sex"), estimator=estimator)
        for version in ("v1", "v2")
    )
    return pair_of((a, b), table, keys)


def regressors(*, table=TABLE, keys=("id",)) -> ModelPair:
    """Two regressors of y."""
    a, b = (loaded(version, NUMBER, estimator=Regressor()) for version in ("v1", "v2"))
    return pair_of((a, b), table, keys)
