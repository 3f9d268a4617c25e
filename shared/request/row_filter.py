"""The rule of row filters, which holds before BigQuery parses one. Pure.

A filter is a condition on the input table's rows, e.g. `Age >= 18 AND Sex = 'female'`. It becomes
part of a statement that runs under the job's service account. So it must not close the parentheses
around it, read another table, or call what strangers have written.

Three looks, each narrower than BigQuery: letters (no comment, no second statement), a parse of the
dialect, whose every node must be listed, and the names that are called, which must be listed too.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.errors import InvalidArgument
from shared.request.filter_language import FILTER_FUNCTIONS, FILTER_OPERATORS

if TYPE_CHECKING:
    from sqlglot import Token

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

# Keywords after which a parenthesis is no call.
_KEYWORDS = "ALL AND ANY BETWEEN CASE DISTINCT ELSE FROM IN IS LIKE NOT OR SOME THEN WHEN"
_BEFORE_PARENTHESES = frozenset(_KEYWORDS.split())
_DIALECT = "bigquery"


def require_row_filter(text: str) -> str:
    """The filter, unchanged, if it is a condition and nothing else.

    Raises:
        InvalidArgument: when it may be more than a condition.
    """
    if len(text) > _MAX_LENGTH:
        raise _not_a_condition(f"it is longer than {_MAX_LENGTH:,} characters")
    if text.strip():
        _require_letters(text)
        _require_listed_nodes(text)
        _require_listed_calls(text)
    return text


def _require_letters(text: str) -> None:
    position = 0
    while position < len(text):
        if not (match := _TOKEN.match(text, position)):
            raise _not_a_condition(f"{text[position : position + 2]!r} at character {position + 1}")
        position = match.end()


def _require_listed_nodes(text: str) -> None:
    import sqlglot  # noqa: PLC0415  (0.2 s, for filters only)

    try:
        statements = sqlglot.parse(text, dialect=_DIALECT)
    except sqlglot.errors.SqlglotError as error:
        raise _not_a_condition(_first_complaint(error)) from error
    except RecursionError as error:
        raise _not_a_condition("it nests too deep") from error
    if len(statements) != 1 or statements[0] is None:
        raise _not_a_condition("it is not one condition")
    for node in statements[0].walk():
        kind = type(node).__name__
        if isinstance(node, sqlglot.exp.Query | sqlglot.exp.Table):
            raise _not_a_condition("no other table can be read")
        is_listed = kind in FILTER_OPERATORS or kind.startswith("JSONPath")
        if not is_listed and not isinstance(node, sqlglot.exp.Func):
            raise _not_a_condition(f"it has a part of another kind: {kind}")


def _first_complaint(error: Any) -> str:
    """Where sqlglot stopped, without its colours and the text around."""
    found = [each for each in getattr(error, "errors", ()) if each.get("line")]
    if not found:
        return "it cannot be parsed"
    return f"it cannot be parsed from character {found[0]['col']} of line {found[0]['line']} on"


def _require_listed_calls(text: str) -> None:
    import sqlglot  # noqa: PLC0415  (as above)

    for name in _called(sqlglot.tokenize(text, dialect=_DIALECT)):
        if name not in FILTER_FUNCTIONS:
            raise _not_a_condition(f"it calls {name}, which is none of BigQuery's plain functions")


def _called(tokens: "list[Token]") -> Iterator[str]:
    """The name before each opening parenthesis that has one, with all its parts, as BigQuery's."""
    for place, token in enumerate(tokens[1:], start=1):
        if token.text != "(" or token.token_type.name != "L_PAREN":
            continue
        parts = _name_before(tokens, place)
        if parts and not (len(parts) == 1 and parts[0] in _BEFORE_PARENTHESES):
            yield ".".join(parts)


def _name_before(tokens: "list[Token]", place: int) -> list[str]:
    """The parts of the name that ends before a place; a quoted part keeps its quotes."""
    parts: list[str] = []
    at = place - 1
    while at >= 0:
        token = tokens[at]
        if token.token_type.name == "IDENTIFIER":
            parts.insert(0, f"`{token.text}`")
        elif re.fullmatch(r"[A-Za-z_]\w*", token.text, re.ASCII) and not _is_text(token):
            parts.insert(0, token.text.upper())
        else:
            break
        if at == 0 or tokens[at - 1].text != ".":
            break
        at -= 2
    return parts


def _is_text(token: "Token") -> bool:
    return "STRING" in token.token_type.name


def _not_a_condition(why: str) -> InvalidArgument:
    return InvalidArgument(
        f"row_filter is not a plain condition on the input table's columns: {why}",
        reason="INVALID_ROW_FILTER",
    )
