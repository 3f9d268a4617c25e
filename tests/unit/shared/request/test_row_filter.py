import pytest

from shared.errors import InvalidArgument
from shared.request.row_filter import require_row_filter


@pytest.mark.parametrize(
    "condition",
    [
        "Age >= 18 AND Sex = 'female'",
        "name = 'O\\'Hara; DROP TABLE x --' OR name = \"(\"",
        "`odd name` IN (1, 2.5, -3) AND NOT (a IS NULL)",
        "EXTRACT(YEAR FROM day) = 2026 AND a IS NOT DISTINCT FROM b",
        "s LIKE r'\\d%' AND n / 2 - 1 != 1e-3",
        "note = 'SELECT'",
    ],
)
def test_a_condition_is_returned_unchanged(condition):
    assert require_row_filter(condition) == condition


@pytest.mark.parametrize(
    "more",
    [
        "1=1) UNION ALL (SELECT * FROM secrets.t",
        "EXISTS (SELECT 1 FROM secrets.t)",
        "EXISTS (FROM secrets.t |> WHERE true)",
        "id = 1; DROP TABLE x",
        "id = 1 -- and more",
        "id = 1 # and more",
        "id = 1 /* and more",
        "name = '''a' OR 1=1'''",
        "name = 'unfinished",
        "id = 1)",
        "(id = 1",
        "id = @x",
        "x" * 10_001,
    ],
)
def test_anything_that_may_be_more_than_a_condition_is_rejected(more):
    with pytest.raises(InvalidArgument, match="not a plain condition"):
        require_row_filter(more)
