import hashlib
import json

import pytest

from jobs.inspection import METADATA_LIMIT_BYTES, inspect
from shared.models import ModelFile, Status


def test_a_model_is_pinned_by_its_checksum():
    found = inspect(ModelFile.MODEL, b"model")
    assert found.sha256 == hashlib.sha256(b"model").hexdigest()
    assert found.status is Status.UNINSPECTED


def test_metadata_is_kept_as_it_means():
    found = inspect(ModelFile.METADATA, '{"target": "Überlebt"}'.encode())
    assert json.loads(found.metadata) == {"target": "Überlebt"}
    assert found.findings == ()


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b"[" * 200_000, "is not JSON"),
        (b" " * (METADATA_LIMIT_BYTES + 1), "keep it below"),
    ],
)
def test_metadata_that_cannot_be_used_is_a_finding(content, finding):
    found = inspect(ModelFile.METADATA, content)
    assert finding in found.findings[0]
    assert found.metadata is None
