from types import SimpleNamespace

import pytest
from google.api_core.exceptions import BadRequest
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.cloud.bigquery import SchemaField

from shared.errors import FailedPrecondition, InvalidArgument, NotFound
from shared.tables.catalog import bytes_scanned, holds_rows, output_columns, table_entry
from shared.tables.selection import Selection
from shared.tables.table import Column, TableId

TABLE = TableId("my-project", "titanic", "passengers")
COLUMNS = (Column("Age", "FLOAT"), Column("Id", "INTEGER", "REQUIRED"))


class FakeClient:
    """A BigQuery client with one dataset, one table in it, or none."""

    def __init__(self, kind="TABLE", rows=3, dataset="my-project.titanic", error=None):
        self.kind, self.rows, self.dataset, self.error = kind, rows, dataset, error
        self.statements = []

    def get_table(self, name):
        if not self.kind:
            raise GoogleNotFound(name)
        schema = [SchemaField(each.name, each.type, each.mode) for each in COLUMNS]
        return SimpleNamespace(
            schema=schema, table_type=self.kind, num_rows=self.rows, num_bytes=100
        )

    def get_dataset(self, name):
        if name != self.dataset:
            raise GoogleNotFound(name)

    def list_rows(self, _name, max_results):
        return [()] * min(self.rows, max_results)

    def query(self, sql, job_config):
        assert job_config.dry_run
        if self.error:
            raise self.error
        self.statements.append(sql)
        return SimpleNamespace(total_bytes_processed=4_096)


def test_the_entry_of_a_table_has_its_columns_rows_and_bytes():
    entry = table_entry(FakeClient(), TABLE, "input")
    assert (entry.columns, entry.kind, entry.rows, entry.size_bytes) == (COLUMNS, "TABLE", 3, 100)


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED_VIEW"])
def test_the_rows_of_a_view_are_unknown(kind):
    entry = table_entry(FakeClient(kind), TABLE, "input")
    assert (entry.kind, entry.rows, entry.size_bytes) == (kind, None, None)


def test_a_missing_table_is_named_by_its_role():
    with pytest.raises(NotFound, match=r"input table .* does not exist: .* correct input_table"):
        table_entry(FakeClient(kind=None), TABLE, "input")


def test_a_missing_output_table_needs_its_dataset():
    assert output_columns(FakeClient(), TABLE) == COLUMNS
    assert output_columns(FakeClient(kind=None), TABLE) is None
    with pytest.raises(NotFound) as caught:
        output_columns(FakeClient(kind=None, dataset=None), TABLE)
    assert caught.value.reason == "DATASET_NOT_FOUND"


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED_VIEW", "EXTERNAL", "SNAPSHOT"])
def test_rows_are_loaded_into_tables_only(kind):
    with pytest.raises(FailedPrecondition, match=f"is of the type {kind}, which rows") as refused:
        output_columns(FakeClient(kind), TABLE)
    assert refused.value.reason == "OUTPUT_NOT_A_TABLE"


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_one_row_is_enough_to_hold_rows(rows):
    assert holds_rows(FakeClient(rows=rows), TABLE) == bool(rows)


def test_the_bytes_of_a_selection_come_from_a_dry_run_of_its_statement():
    client, selection = FakeClient(), Selection(TABLE, ("Age",), "Age > 1")
    assert bytes_scanned(client, selection) == 4_096
    assert client.statements == [selection.sql]


@pytest.mark.parametrize(
    ("row_filter", "kind"), [("Agee > 1", InvalidArgument), ("", FailedPrecondition)]
)
def test_a_rejected_statement_is_the_row_filter_s_fault_if_there_is_one(row_filter, kind):
    error = BadRequest("long", errors=[{"message": "Unrecognized name: Agee"}])
    with pytest.raises(kind):
        bytes_scanned(FakeClient(error=error), Selection(TABLE, ("Age",), row_filter))
