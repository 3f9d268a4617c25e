"""Publishes a model from a notebook.

    from mlsys import publish
    publish(model, "titanic-survival", train, target="Survived", metrics={"accuracy": 0.81})

The same lines work on Google Cloud and on the local cloud; see `mlsys/session.py`.
"""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import joblib

from jobs.models.signature import feature_names
from jobs.publishing.author_model import describe, golden_rows
from jobs.publishing.model_metadata import metadata_of, training_table
from jobs.publishing.provenance import library_versions, provenance
from jobs.publishing.publish_model import publish_model
from jobs.publishing.upload import Destination, Publication
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from mlsys.session import session

if TYPE_CHECKING:
    import pandas as pd


def publish(  # noqa: PLR0913  (all but two are optional, and keyword-only)
    model: Any,
    name: str,
    training_frame: "pd.DataFrame | None" = None,
    *,
    target: str | None = None,
    key_columns: Sequence[str] = (),
    metrics: Mapping[str, float] | None = None,
    description: str = "",
    metadata: Mapping[str, Any] | None = None,
    version: str | None = None,
    wait_seconds: float = 0,
) -> Publication:
    """Publish a fitted estimator as the next version of a model.

    A model that the registry would quarantine is refused before anything is uploaded. The version
    is either complete or absent, also when others publish at the same time.

    Args:
        model: a fitted scikit-learn estimator or pipeline.
        name: of the model, e.g. "titanic-survival".
        training_frame: the rows that it was fitted on, shape (rows, columns); other columns are
            ignored. They give the types of the features, an example and the baseline for drift.
        target: name of the prediction's column.
        key_columns: input columns to copy to the predictions; default: all but the features.
        metrics: results of the evaluation, by name.
        description: a sentence for readers of the registry.
        metadata: other keys of metadata.json; they override derived values.
        version: e.g. "v3"; default: the next version that was never used.
        wait_seconds: how long to wait until the model is registered; 0: do not wait.

    Raises:
        FailedPrecondition: when the registry would quarantine the model, with its findings.
        InvalidArgument: when the training frame does not match the model.
        Conflict: when that version exists already.
        Transient: when a service is unavailable, or the model is not registered in time.
    """
    clients = session()
    given = {
        "description": description,
        "target": target,
        "key_columns": list(key_columns),
        "metrics": dict(metrics or {}),
        **provenance(),
        "library_versions": library_versions(),
        **(metadata or {}),
    }
    described = describe(model)
    if training_frame is None:
        training, names = None, feature_names(described, given)
    else:
        training, names = training_table(training_frame, described, given)
        given = {**golden_rows(model, described, training_frame, names), **given}
    document = metadata_of(described, names, training, given)
    destination = Destination(name, version, wait_seconds)
    with (
        ModelProcesses.of(clients.settings) as processes,
        Inspector(processes, is_author=True) as inspector,
    ):
        return publish_model(pickled(model), document, destination, inspector, clients)


def pickled(model: Any) -> bytes:
    """The content of model.pkl for a model."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer, compress=3)
    return buffer.getvalue()
