"""What a model takes and what it gives, as the registry tells it: a JSON object.

    {"inputs": [{"name": "age", "type": "FLOAT"}, …], "n_features": 5,
     "outputs": [{"name": "Survived", "type": "INTEGER", "classes": [0, 1]}], "inferred": true}

Types are BigQuery's, null where nothing tells them; `inferred` says that they were found out from
the model and from metadata.json's `input_example`, not declared.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jobs.estimators import prediction_kinds
from jobs.layout import Wishes
from shared.errors import FailedPrecondition

_MANY_CLASSES = 100
_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING"}


def signature(estimator: Any, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The signature of a fitted estimator."""
    example = next(iter(example_rows(metadata)), {})
    names = input_names(estimator, metadata)
    return {
        "inputs": [{"name": name, "type": _TYPES.get(type(example.get(name)))} for name in names],
        "n_features": _count(estimator),
        "outputs": _outputs(estimator, metadata),
        "inferred": True,
    }


def input_names(estimator: Any, metadata: Mapping[str, Any]) -> list[str]:
    """Names of the input columns: the estimator's own, else metadata.json's, else none."""
    own = getattr(estimator, "feature_names_in_", None)
    listed = metadata.get("features") if own is None else own
    return [] if listed is None else [str(name) for name in listed]


def example_rows(metadata: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of `input_example`: one object, or a list of objects."""
    example = metadata.get("input_example")
    rows = example if isinstance(example, list) else [example]
    return [row for row in rows if isinstance(row, dict)]


def _count(estimator: Any) -> int | None:
    count = getattr(estimator, "n_features_in_", None)
    return None if count is None else int(count)


def _outputs(estimator: Any, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Name and type of each output, and its classes where it has them."""
    wishes = Wishes.of((), metadata)
    try:
        kinds = prediction_kinds(estimator, metadata)
        names = wishes.names(len(kinds))
    except FailedPrecondition:
        return [{"name": wishes.target, "type": None}]
    outputs: list[dict[str, Any]] = [
        {"name": n, "type": kind.type} for n, kind in zip(names, kinds, strict=True)
    ]
    for output, classes in zip(outputs, _classes(estimator), strict=False):
        output["classes"] = np.asarray(classes).tolist()[:_MANY_CLASSES]
    return outputs


def _classes(estimator: Any) -> list[Any]:
    """The labels of each output; empty where there are none."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        return classes or []
    return [classes]


def contradictions(metadata: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[str, ...]:
    """Where metadata.json says something else than a model's signature does, a sentence each.

    None of them keeps the model from predicting: what the model was fitted on is what counts.
    """
    listed = metadata.get("features")
    if not isinstance(listed, list):
        return ()
    names = [column["name"] for column in told["inputs"]]
    if names and [str(name) for name in listed] != names:
        finding = (
            f"metadata.json lists the features {_words(listed)}, but the model was fitted on "
            f"{_words(names)}: the model's own are used"
        )
        return (finding,)
    if told["n_features"] not in {None, len(listed)}:
        finding = (
            f"metadata.json lists {len(listed)} features, but the model was fitted on "
            f"{told['n_features']}: correct the list, or fit the model on a DataFrame"
        )
        return (finding,)
    return ()


def _words(names: Sequence[Any]) -> str:
    listed = ", ".join(str(name) for name in names[:10])
    return f"{listed}, …" if len(names) > 10 else listed  # noqa: PLR2004  (a sentence, not a table)
