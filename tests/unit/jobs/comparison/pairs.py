"""Pairs of small models for the comparison's tests."""

from dataclasses import replace

from jobs.comparison.pair import ModelPair, pair_of
from jobs.models.description import ModelDescription
from jobs.sandbox.loading import LoadedModel
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


def loaded(version, *outputs, features=("x",), metadata=None, session=None):
    """A registered model; what is asked of it asks the session."""
    registered = RegisteredModel(
        ModelVersion("m", version), "bucket", 1, 1, "", None, Status.APPROVED,
        metadata={"target": "y"} if metadata is None else metadata,
    )  # fmt: skip
    signature = ModelSignature(tuple(map(InputColumn, features)), outputs)
    description = ModelDescription("mine.Model", predicts=True, is_class=False)
    return LoadedModel(registered, description, signature, session)


def classifiers(*, table=TABLE, keys=("id",), classes=None) -> ModelPair:
    """Two classifiers of the labels 0 and 1, or of other classes."""
    label = replace(LABEL, classes=tuple(classes or LABEL.classes))
    a, b = (loaded(version, label, features=("x", "sex")) for version in ("v1", "v2"))
    return pair_of((a, b), table, keys)


def regressors(*, table=TABLE, keys=("id",)) -> ModelPair:
    """Two regressors of y."""
    a, b = (loaded(version, NUMBER) for version in ("v1", "v2"))
    return pair_of((a, b), table, keys)
