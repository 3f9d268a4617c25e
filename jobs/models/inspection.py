"""Inspects a model: from the bytes of model.pkl to a result. `jobs/sandbox/worker.py` calls it."""

import warnings
from typing import Any

import joblib
import pandas as pd
import sklearn

from jobs.models.consistency import consistency_findings
from jobs.models.estimators import input_names, prediction_kinds
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.models.signature import example_rows, model_signature
from jobs.pickles.allowed_names import NameTable, default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.findings import ScanResult
from jobs.pickles.limits import LIMITS, Limits, limited_process
from jobs.pickles.safe_load import load_scanned
from jobs.pickles.scan import scan
from shared.errors import FailedPrecondition


def inspect_model(
    content: bytes, conditions: InspectionConditions, limits: Limits = LIMITS
) -> InspectionResult:
    """The result for the bytes of a model.pkl: scanned, loaded, validated and described."""
    scanned = scan(content, _names(conditions), limits)
    version = next(iter(scanned.sklearn_versions), None)
    if findings := _findings(scanned, conditions):
        return quarantined(*findings, sklearn_version=version)
    try:
        model = load_scanned_model(content, conditions, limits)
    except UnsafePickleError as error:
        return quarantined(f"the file {error}", sklearn_version=version)
    return _description(model, conditions, version)


def safe_load_model(
    content: bytes, conditions: InspectionConditions, limits: Limits = LIMITS
) -> Any:
    """The model that a file holds: scanned, loaded and validated as at its registration.

    Raises:
        UnsafePickleError: when the inspection would not approve it; the message is whole sentences.
    """
    try:
        with limited_process(limits):
            findings = _findings(scan(content, _names(conditions), limits), conditions)
            if not findings:
                return load_scanned_model(content, conditions, limits)
    except UnsafePickleError as error:
        raise UnsafePickleError(f"the file {error}") from error
    except MemoryError as error:
        raise UnsafePickleError("the file needs more memory than a model may take") from error
    raise UnsafePickleError("; ".join(findings))


def _names(conditions: InspectionConditions) -> NameTable:
    return default_names().with_custom(conditions.allowed_names)


def _findings(scanned: ScanResult, conditions: InspectionConditions) -> tuple[str, ...]:
    return scanned.findings or _version_findings(scanned.sklearn_versions, conditions)


def _version_findings(
    versions: tuple[str, ...], conditions: InspectionConditions
) -> tuple[str, ...]:
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


def load_scanned_model(
    content: bytes, conditions: InspectionConditions, limits: Limits = LIMITS
) -> Any:
    """The model that a scanned file holds: loaded, validated, and with a predict method.

    Raises:
        UnsafePickleError: when it is none; the message completes "the file …".
    """
    model = load_scanned(content, _names(conditions), limits)
    if isinstance(model, type):
        raise UnsafePickleError(f"holds the class {model.__name__}, no fitted object of it")
    if not hasattr(model, "predict"):
        raise UnsafePickleError(f"holds a {type(model).__name__}, which has no predict method")
    return model


def _description(
    model: Any, conditions: InspectionConditions, version: str | None
) -> InspectionResult:
    try:
        signature = model_signature(model, conditions.metadata)
    except Exception as error:  # noqa: BLE001  (attributes can be anything)
        finding = f"the model cannot be described: {error!s:.200}"
        return quarantined(finding, sklearn_version=version)
    findings = (
        *consistency_findings(conditions.metadata, signature),
        *_label_findings(model, conditions),
        *_example_findings(model, conditions),
    )
    kind = type(model)
    return InspectionResult(
        is_approved=True,
        findings=findings,
        estimator=f"{kind.__module__}.{kind.__qualname__}",
        sklearn_version=version,
        signature=signature,
    )


def _label_findings(model: Any, conditions: InspectionConditions) -> tuple[str, ...]:
    """A finding when the model predicts labels that have no type in BigQuery."""
    try:
        prediction_kinds(model, conditions.metadata)
    except FailedPrecondition as error:
        return (error.message,)
    return ()


def _example_findings(model: Any, conditions: InspectionConditions) -> tuple[str, ...]:
    """A finding when the model cannot predict `input_example`."""
    rows = example_rows(conditions.metadata)
    names = input_names(model, conditions.metadata)
    if not rows or not names:
        return ()
    try:
        frame = pd.DataFrame(rows)[names]
        with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.predict(frame if hasattr(model, "feature_names_in_") else frame.to_numpy())
    except Exception as error:  # noqa: BLE001  (estimators can raise anything)
        reason = f"{type(error).__name__}: {error!s:.200}"
        return (f"the model cannot predict the input_example of metadata.json: {reason}",)
    return ()
