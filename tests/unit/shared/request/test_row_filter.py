"""A row filter is a condition on the columns of one table, or it is refused."""

import pytest

from shared.errors import InvalidArgument
from shared.request.row_filter import require_row_filter


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "Age >= 18 AND Sex = 'female'",
        "name = 'O\\'Hara; DROP TABLE x --' OR name = \"(\"",
        "`odd name` IN (1, 2.5, -3) AND NOT (a IS NULL)",
        "EXTRACT(YEAR FROM day) = 2026 AND a IS NOT DISTINCT FROM b",
        "s LIKE r'\\d%' AND n / 2 - 1 != 1e-3",
        "note = 'SELECT'",
        "day = CURRENT_DATE()",
        "x[OFFSET(0)] = 1",
        "s.t.u > 3",
        "SAFE.SUBSTR(a,1)='x'",
        "NET.HOST(u)='x'",
        "x IN UNNEST([1,2])",
        "REGEXP_CONTAINS(a, r'^x')",
        "DATE '2020-01-01' < d",
        "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY) < ts",
        "CASE WHEN (a = 1) THEN TRUE ELSE (FALSE) END",
        "IF(a,1,2)=1",
        "SAFE_CAST(a AS INT64)=1",
        "CAST(a AS NUMERIC(10, 2)) = 1",
        "a BETWEEN (1) AND (2)",
        "ts >= TIMESTAMP '2020-01-01 00:00:00+00'",
        "b = b'x'",
        "(a, b) IN ((1, 2))",
        "STRUCT(1, 2) = s",
        "MOD(id, 10) = 3",
        "DATE_TRUNC(d, WEEK(MONDAY)) = d",
        "d = DATE(2020,1,1)",
        "STARTS_WITH(LOWER(n),'a')",
        "a || b = 'x'",
        "a & 1 = 1",
        "JSON_VALUE(j, '$.a') = 'x'",
        "COALESCE(a, 0) > 0",
        "a IS TRUE",
        "a NOT IN (1,2)",
        "a NOT LIKE 'x%'",
        "a",
        "TRUE",
        "d > DATE_SUB(CURRENT_DATE('Europe/Berlin'), INTERVAL 30 DAY)",
        "FARM_FINGERPRINT(CAST(id AS STRING)) < 5",
        "t.arr[SAFE_OFFSET(1)].x = 2",
        "ABS(MOD(FARM_FINGERPRINT(k), 10)) = 1",
        "a << 2 > 1",
        "~a = 1",
        "a <> 3",
        "LENGTH(TRIM(n)) > 2",
        "TRIM(n, 'x') = 'y'",
        "IS_NAN(x)",
        "x = 1.5 and y = .5",
        "n LIKE ANY ('a', 'b')",
        "GREATEST(a,b) > 1",
        "PARSE_DATE('%Y', s) > d",
        "FORMAT_DATE('%Y', d)='2020'",
        "ST_DWITHIN(g, ST_GEOGPOINT(1,2), 10)",
        "NULLIF(a,'') IS NOT NULL",
        "day BETWEEN DATE '2020-01-01' AND DATE '2020-01-31'",
        "EXTRACT(DATE FROM ts) = d",
        "EXTRACT(ISOWEEK FROM d) = 1",
        "DATETIME_DIFF(a,b,DAY) > 1",
        "x > -1",
        "NOT a",
        "ARRAY_LENGTH(SPLIT(s, ',')) > 1",
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
        "`p`.ds.f(Name)",
        "p.ds.f(Name)",
        "`p.ds.f`(x)",
        "`LOWER`(x) = 'a'",
        "ERROR(Name)",
        "ML.PREDICT(MODEL m, x)",
        "a IN (SELECT 1)",
        "EXISTS(SELECT 1)",
        "ANY_VALUE(b) = 1",
        "SUM(a) OVER () > 1",
        "EXTERNAL_QUERY('c','select')",
        "SESSION_USER()='x'",
        "a = 1 LIMIT 3",
        "AI.IF('x')",
        "KEYS.NEW_KEYSET('a')",
        "RAND() < 0.1",
        "ds.LOWER(x) = 'a'",
        "ARRAY(SELECT 1) = x",
        "a = (SELECT 1)",
        "*",
        "a AS b",
        "a, b",
        "COUNT(*) > 1",
        "f(x)",
        "a = 1 QUALIFY 1",
        "(WITH x AS (SELECT 1) SELECT * FROM x)",
        "a = ALL(SELECT 1)",
        "a = ?",
        "a = $1",
        "CURRENT_USER() = 'x'",
        "Age 1",
        "SAFE.ds.f(x)",
        "NET.HOST.f(x)",
        "IF (ERROR('x'), 1, 2) = 1",
        "a[f(1)] = 2",
        "CASE f(x) WHEN 1 THEN TRUE END",
        "CAST(f(x) AS INT64) = 1",
        "x IN (f(1))",
        "DISTINCT (a)",
        "TABLE x",
        " SELECT 1",
        "DROP TABLE x",
        "a is not null group by b",
        "@@error.message = 'x'",
        "GENERATE_UUID() = 'x'",
        "LOWER (ds.g(x)) = 'x'",
        "p . ds . f (x)",
        "`p`.`ds`.`f`(x)",
        "AND(a)",
        "IN(1)",
    ],
)
def test_anything_that_may_be_more_than_a_condition_is_rejected(more):
    with pytest.raises(InvalidArgument, match="not a plain condition"):
        require_row_filter(more)


@pytest.mark.parametrize(
    "long", ["x" * 10_001, "(" * 2000 + "a" + ")" * 2000, "NOT " * 2400 + "a", "-+" * 4000 + "1"]
)
def test_what_is_long_or_deep_is_rejected(long):
    with pytest.raises(InvalidArgument, match="not a plain condition"):
        require_row_filter(long)


def test_a_call_that_is_not_listed_is_named():
    with pytest.raises(InvalidArgument, match=r"it calls P\.DS\.F, which is none"):
        require_row_filter("Age > 3 AND p.ds.f(Name)")


def test_a_filter_that_cannot_be_parsed_is_told_where():
    # What a plus in the address of a request becomes.
    with pytest.raises(InvalidArgument, match="cannot be parsed from character 5 of line 1 on"):
        require_row_filter("Age 1 > 3")
