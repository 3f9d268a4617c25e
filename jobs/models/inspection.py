"""The examination of a model: from its bytes to a verdict. Runs in a process of its own, a room."""

import warnings
from typing import Any

import joblib
import pandas as pd
import sklearn

from jobs.models.consistency import consistency_findings
from jobs.models.estimators import prediction_kinds
from jobs.models.inspection_result import Conditions, InspectionResult, quarantined
from jobs.models.signature import example_rows, input_names, model_signature
from jobs.pickles.bounds import bounded
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.names import Names, own_names
from jobs.pickles.refusals import UnsafePickleError
from jobs.pickles.safe_load import loaded
from jobs.pickles.scan import Scan, scan
from shared.errors import FailedPrecondition


def inspect(content: bytes, conditions: Conditions, limits: Limits = LIMITS) -> InspectionResult:
    """The verdict on the bytes of a model.pkl: scanned on paper, then loaded, then asked."""
    scanned = scan(content, _names(conditions), limits)
    version = next(iter(scanned.sklearn_versions), None)
    if findings := _objections(scanned, conditions):
        return quarantined(*findings, sklearn_version=version)
    try:
        model = load_scanned_model(content, conditions, limits)
    except UnsafePickleError as refusal:
        return quarantined(f"the file {refusal}", sklearn_version=version)
    return _description(model, conditions, version)


def safe_load_model(content: bytes, conditions: Conditions, limits: Limits = LIMITS) -> Any:
    """The model that a file holds, scanned and loaded as at its registration.

    Raises:
        UnsafePickleError: when a model may not be like that, in whole sentences.
    """
    try:
        with bounded(limits):
            findings = _objections(scan(content, _names(conditions), limits), conditions)
            if not findings:
                return load_scanned_model(content, conditions, limits)
    except UnsafePickleError as refusal:
        raise UnsafePickleError(f"the file {refusal}") from refusal
    except MemoryError as error:
        raise UnsafePickleError("the file needs more memory than a model may take") from error
    raise UnsafePickleError("; ".join(findings))


def _names(conditions: Conditions) -> Names:
    return own_names().with_custom(conditions.allowed_names)


def _objections(scanned: Scan, conditions: Conditions) -> tuple[str, ...]:
    return scanned.findings or _version_findings(scanned.sklearn_versions, conditions)


def _version_findings(versions: tuple[str, ...], conditions: Conditions) -> tuple[str, ...]:
    here = _minor(sklearn.__version__)
    allowed = {here, *conditions.allowed_sklearn_versions}
    return tuple(
        f"trained with scikit-learn {version}, this image has {sklearn.__version__}: load refused; "
        f"train it with {here}, or let the operator set "
        f"MLSYS_ALLOWED_SKLEARN_VERSIONS={_minor(version)} to allow it"
        for version in versions
        if _minor(version) not in allowed
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def load_scanned_model(content: bytes, conditions: Conditions, limits: Limits = LIMITS) -> Any:
    """The model that scanned bytes hold: loaded under the rules, sound, and able to predict.

    Raises:
        UnsafePickleError: when it is none.
    """
    model = loaded(content, _names(conditions), limits)
    if isinstance(model, type):
        raise UnsafePickleError(f"holds the class {model.__name__}, no fitted object of it")
    if not hasattr(model, "predict"):
        raise UnsafePickleError(f"holds a {type(model).__name__}, which has no predict method")
    return model


def _description(model: Any, conditions: Conditions, version: str | None) -> InspectionResult:
    try:
        signature = model_signature(model, conditions.metadata)
    except Exception as error:  # noqa: BLE001  (attributes can be anything)
        finding = f"the model cannot be described: {error!s:.200}"
        return quarantined(finding, sklearn_version=version)
    findings = (
        *consistency_findings(conditions.metadata, signature),
        *_without_type(model, conditions),
        *_failures(model, conditions),
    )
    kind = type(model)
    return InspectionResult(
        is_approved=True,
        findings=findings,
        estimator=f"{kind.__module__}.{kind.__qualname__}",
        sklearn_version=version,
        signature=signature,
    )


def _without_type(model: Any, conditions: Conditions) -> tuple[str, ...]:
    """Why no table could hold what the model predicts, if that is so."""
    try:
        prediction_kinds(model, conditions.metadata)
    except FailedPrecondition as error:
        return (error.message,)
    return ()


def _failures(model: Any, conditions: Conditions) -> tuple[str, ...]:
    """What happens when the model is asked to predict `input_example`, if that is a failure."""
    rows = example_rows(conditions.metadata)
    names = input_names(model, conditions.metadata)
    if not rows or not names:
        return ()
    try:
        frame = pd.DataFrame(rows)[names]
        with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.predict(frame if hasattr(model, "feature_names_in_") else frame.to_numpy())
    except Exception as error:  # noqa: BLE001  (estimators raise what they like)
        words = f"{type(error).__name__}: {error!s:.200}"
        return (f"the model cannot predict the input_example of metadata.json: {words}",)
    return ()
