import base64
import hashlib
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import google_crc32c
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from jobs.metadata.reading import LIMIT_BYTES
from jobs.models.inspection_result import InspectionConditions
from jobs.pickles.limits import LIMITS
from jobs.registration.upload_inspection import inspect_metadata, inspect_upload, too_large
from runtimes.catalog import DEFAULT_RUNTIME
from shared.registry.model_version import Artifact, Status

MODEL = pickle.dumps(LogisticRegression().fit([[0.0], [1.0]], [0, 1]))


def artifact(content):
    return Artifact(
        bucket="b",
        name="m/v1/model.pkl",
        generation=1,
        metageneration=1,
        size_bytes=len(content),
        crc32c=base64.b64encode(google_crc32c.Checksum(content).digest()).decode(),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_an_honest_model_is_approved_and_pinned_by_its_checksum(inspector):
    conditions = InspectionConditions(metadata={"features": ["age"]})
    inspection = inspect_upload(MODEL, artifact(MODEL), inspector, conditions)
    assert inspection.sha256 == hashlib.sha256(MODEL).hexdigest()
    assert (inspection.status, inspection.findings) == (Status.APPROVED, ())
    assert inspection.runtime == DEFAULT_RUNTIME
    assert inspection.estimator == "sklearn.linear_model._logistic.LogisticRegression"
    assert json.loads(inspection.signature)["n_features"] == 1


def test_a_model_whose_labels_no_table_could_hold_is_quarantined(inspector):
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    model.classes_ = np.array([1j, 2j])
    content = pickle.dumps(model)
    inspection = inspect_upload(content, artifact(content), inspector, InspectionConditions())
    assert inspection.status is Status.QUARANTINED
    (finding,) = inspection.findings
    assert "the model's labels (complex128) have no type in BigQuery" in finding


def test_a_hostile_model_is_quarantined_and_pinned_all_the_same(inspector):
    content = b"cos\nsystem\n(Vtrue\ntR."
    inspection = inspect_upload(content, artifact(content), inspector, InspectionConditions())
    assert inspection.sha256 == hashlib.sha256(content).hexdigest()
    assert inspection.status is Status.QUARANTINED
    (finding,) = inspection.findings
    assert finding.startswith("it names os.system, which no model needs")


@pytest.mark.parametrize("changes", [{"size_bytes": 7}, {"crc32c": "AAAAAA=="}])
def test_bytes_that_are_not_those_announced_are_not_inspected(inspector, changes):
    inspection = inspect_upload(
        MODEL, replace(artifact(MODEL), **changes), inspector, InspectionConditions()
    )
    assert inspection.status is Status.QUARANTINED
    assert "not those that Cloud Storage announced" in inspection.findings[0]


def test_a_model_that_is_too_large_is_not_even_read():
    assert too_large(artifact(MODEL)) is None
    inspection = too_large(replace(artifact(MODEL), size_bytes=LIMITS.upload_bytes + 1))
    assert inspection.status is Status.QUARANTINED
    (finding,) = inspection.findings
    assert "has 268,435,457 bytes (256 MiB), and 256 MiB are allowed" in finding
    assert "compress=3" in finding
    assert "fit fewer or smaller trees" in finding


def test_metadata_is_kept_as_it_means():
    inspection = inspect_metadata('{"target": "Überlebt"}'.encode())
    assert json.loads(inspection.metadata) == {"target": "Überlebt"}
    assert inspection.findings == ()


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b"[" * 200_000, "is not JSON"),
        (b" " * (LIMIT_BYTES + 1), "keep it below"),
    ],
)
def test_metadata_that_cannot_be_used_is_a_finding(content, finding):
    inspection = inspect_metadata(content)
    assert finding in inspection.findings[0]
    assert inspection.metadata is None


@pytest.mark.parametrize(
    ("name", "status", "registered"),
    [
        ("n\udc80", Status.QUARANTINED, "n?"),  # it is not the name that the model knows
        ("n" * 2_000_000, Status.APPROVED, None),
    ],
    ids=["surrogate", "long"],
)
def test_what_no_row_can_hold_does_not_reach_the_log(inspector, name, status, registered):
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    model.feature_names_in_ = np.array([name], dtype=object)
    content = pickle.dumps(model)
    inspection = inspect_upload(content, artifact(content), inspector, InspectionConditions())
    assert inspection.status is status
    if registered:
        assert json.loads(inspection.signature)["inputs"][0]["name"] == registered
    else:
        assert inspection.signature is None
        assert "they are not registered" in inspection.findings[-1]
