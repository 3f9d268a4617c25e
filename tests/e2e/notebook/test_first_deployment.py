"""The Python of the guide to a first deployment, on the local cloud."""

import re
from pathlib import Path

import pytest

from mlsys import bq_get

GUIDE = Path(__file__).parents[3] / "docs/first-deployment.md"


@pytest.fixture
def first_model(notebook):
    """The guide's lines about the first model, in a dataset and under a name of the test's own."""
    (lines,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    notebook.bigquery.create_dataset("guide", exists_ok=True)
    return lines.replace("titanic.passengers", "guide.passengers").replace(
        "titanic-survival", "guide-survival"
    )


def test_the_guide_s_first_model_is_approved_and_its_table_is_there(first_model):
    exec(first_model, {})  # noqa: S102  # the guide's own lines
    sql = "SELECT status FROM mlsys_dev.model_registry WHERE model_name = 'guide-survival'"
    assert list(bq_get(sql).status) == ["proved"]
    assert bq_get("SELECT COUNT(*) AS n FROM guide.passengers").n[0] == 1309
