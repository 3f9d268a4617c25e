"""The rule of row filters, which holds before BigQuery parses one. Pure.

A filter is a condition on the input table's rows, e.g. `Age >= 18 AND Sex = 'female'`. It becomes
part of a statement that runs under the job's service account. So it must not close the parentheses
around it or read another table: no comment, no second statement, no subquery.
"""

import re
from itertools import accumulate

from shared.errors import InvalidArgument

_MAX_LENGTH = 10_000

# https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical. A prefix r or b changes
# the value of a string, not where it ends. Triple-quoted strings are not allowed.
_TOKEN = re.compile(
    r"""
    \s+
  | '(?:[^'\\\n]|\\.)*'(?!')
  | "(?:[^"\\\n]|\\.)*"(?!")
  | `[^`\\\n]+`
  | [A-Za-z_][A-Za-z0-9_]*
  | [0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?
  | -(?!-) | /(?!\*)
  | [=<>!+*,.()\[\]%|&^~]
    """,
    re.VERBOSE,
)
_SUBQUERIES = frozenset({"SELECT", "FROM", "WITH"})
# EXTRACT(YEAR FROM day) reads no table; neither does `a IS DISTINCT FROM b`.
_HARMLESS_FROM = re.compile(
    r"\b(?:extract\s*\(\s*\w+(?:\s*\(\s*\w+\s*\))?|is\s+(?:not\s+)?distinct|trim\s*\(\s*\w+)\s+from\b",
    re.IGNORECASE,
)


def require_row_filter(text: str) -> str:
    """The filter, unchanged, if it is a condition and nothing else.

    Raises:
        InvalidArgument: when it may be more than a condition.
    """
    if len(text) > _MAX_LENGTH:
        raise _not_a_condition(f"it is longer than {_MAX_LENGTH:,} characters")
    tokens = _tokens(text)
    _require_balance(tokens)
    names = {token.upper() for token in _tokens(_HARMLESS_FROM.sub(" ", text))}
    if found := sorted(names & _SUBQUERIES):
        raise _not_a_condition(f"it holds {', '.join(found)}: no other table can be read")
    return text


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    while position < len(text):
        if not (match := _TOKEN.match(text, position)):
            raise _not_a_condition(f"{text[position : position + 2]!r} at character {position + 1}")
        tokens.append(match[0])
        position = match.end()
    return tokens


def _require_balance(tokens: list[str]) -> None:
    steps = ({"(": 1, ")": -1}.get(each, 0) for each in tokens)
    depths = [*accumulate(steps, initial=0)]
    if min(depths) < 0 or depths[-1]:
        raise _not_a_condition("its parentheses do not match")


def _not_a_condition(why: str) -> InvalidArgument:
    return InvalidArgument(
        f"row_filter is not a plain condition on the input table's columns: {why}",
        reason="INVALID_ROW_FILTER",
    )
