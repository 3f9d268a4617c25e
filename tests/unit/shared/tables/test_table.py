import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import FailedPrecondition, InvalidArgument
from shared.tables.table import CatalogEntry, Column, TableId, require_columns


def test_two_parts_get_the_deployment_s_project():
    assert str(TableId.parse("sales.orders", "my-project")) == "my-project.sales.orders"


@pytest.mark.parametrize(
    "text",
    [
        "my-project.sales.orders",
        "example.com:my-project.sales.orders",
        "my-project.s_1.Größe 2026-a",
    ],
)
def test_names_that_bigquery_allows_are_accepted(text):
    assert str(TableId.parse(text, "other-project")) == text


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "a.b.c.d",
        "sales.orders`",
        "sales.orders; DROP TABLE x",
        "sales.orders\n",
        "sales.",
        ".orders",
        "sa-les.orders",
        "sales.or*ders",
        "sales.orders$20260101",
        "My_Project.sales.orders",
        "sales.ord/ers",
        "",
    ],
)
def test_any_other_text_is_rejected(text):
    with pytest.raises(InvalidArgument, match="is not a table"):
        TableId.parse(text, "my-project")


@given(st.text(max_size=60))
def test_no_accepted_id_can_close_its_quotes(text):
    try:
        table = TableId.parse(text, "my-project")
    except InvalidArgument:
        return
    assert table.quoted.count("`") == 6
    assert "\n" not in table.quoted


def test_columns_are_found_in_any_case_and_in_the_order_of_the_names():
    table = [Column("Age", "FLOAT"), Column("sex", "STRING")]
    found = require_columns(table, ["Sex", "age"], "feature")
    assert [column.name for column in found] == ["sex", "Age"]


def test_every_missing_column_is_named_at_once():
    with pytest.raises(FailedPrecondition, match="lacks the feature columns x, y"):
        require_columns([Column("Age", "FLOAT")], ["x", "Age", "y"], "feature")


@pytest.mark.parametrize(
    ("kind", "is_stored"),
    [
        ("TABLE", True),
        ("SNAPSHOT", True),
        ("VIEW", False),
        ("MATERIALIZED_VIEW", False),
        ("EXTERNAL", False),
    ],
)
def test_only_tables_that_bigquery_stores_are_read_directly_and_have_a_past(kind, is_stored):
    assert CatalogEntry((), kind, None, None).is_stored is is_stored
