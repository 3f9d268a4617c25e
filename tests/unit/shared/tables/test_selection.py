from datetime import UTC, datetime

import pytest

from shared.tables.selection import Selection, reading_dollars
from shared.tables.table import TableId

TABLE = TableId("my-project", "titanic", "passengers")


@pytest.mark.parametrize(
    ("selection", "sql"),
    [
        (
            Selection(TABLE, ("Age", "odd name")),
            "SELECT `Age`, `odd name` FROM `my-project`.`titanic`.`passengers`",
        ),
        (
            Selection(TABLE, ("Age",), "Age > 1 OR Age < 0"),
            "SELECT `Age` FROM `my-project`.`titanic`.`passengers` WHERE (Age > 1 OR Age < 0)",
        ),
        (
            Selection(TABLE, ("Age",), "Age > 1", datetime(2026, 1, 31, 9, tzinfo=UTC)),
            (
                "SELECT `Age` FROM `my-project`.`titanic`.`passengers` "
                "FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-31T09:00:00+00:00' WHERE (Age > 1)"
            ),
        ),
    ],
    ids=["columns", "row filter", "time"],
)
def test_a_selection_is_one_statement(selection, sql):
    assert selection.sql == sql


@pytest.mark.parametrize(
    ("size_bytes", "by_query", "dollars"),
    [(0, False, 0), (1024**4, False, 1.10), (1024**4, True, 7.35), (1024**3, True, 7.35 / 1024)],
)
def test_reading_costs_the_list_price_of_each_tebibyte(size_bytes, by_query, dollars):
    assert reading_dollars(size_bytes, by_query=by_query) == pytest.approx(dollars)
