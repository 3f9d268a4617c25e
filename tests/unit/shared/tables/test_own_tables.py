"""No prediction writes to the tables of the registry and of the runs."""

from pathlib import Path

import pytest

from shared.errors import InvalidArgument
from shared.tables.own_tables import OWN_TABLES, require_other_than_own
from shared.tables.table import TableId

DEFINITIONS = Path(__file__).parents[4] / "terraform/modules/mlsys/definitions"


def test_the_own_tables_are_those_that_terraform_makes():
    files = [*(DEFINITIONS / "schemas").iterdir(), *(DEFINITIONS / "views").iterdir()]
    assert {path.stem for path in files} == OWN_TABLES


@pytest.mark.parametrize("table", ["prediction_runs", "Model_Registry_Events", "model_registry"])
def test_an_own_table_is_refused(table):
    with pytest.raises(InvalidArgument, match="is a table of MLSys itself") as refused:
        require_other_than_own(TableId("my-project", "mlsys_dev", table), "my-project.mlsys_dev")
    assert refused.value.reason == "OWN_TABLE"


@pytest.mark.parametrize(
    "sink",
    [
        TableId("my-project", "mlsys_dev", "predictions"),
        TableId("my-project", "other", "prediction_runs"),
        TableId("other-project", "mlsys_dev", "prediction_runs"),
    ],
)
def test_any_other_table_may_be_written_to(sink):
    require_other_than_own(sink, "my-project.mlsys_dev")
