"""Golden rows: training rows with the author's own answers, in metadata.json. Pure.

    "golden_rows": {"types": {"Age": "FLOAT"}, "rows": {"Age": [22.0, null]},
                    "predictions": [[0, 1]], "probabilities": [[0.25, 0.75]]}

Lists hold a column each, `predictions` and `probabilities` a list for each output. JSON writes a
float with as many digits as it takes to read the same bits again.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import pyarrow as pa

from jobs.dataframes.arrow_types import ARROW_TYPES
from shared.errors import InvalidArgument

KEY = "golden_rows"
MOST_ROWS = 100
# A row of text or of thousands of numbers is long, and metadata.json may have 1 MB.
MOST_BYTES = 250_000
# What another order of additions, or 32 bits, may change.
_RELATIVE, _ABSOLUTE = 1e-5, 1e-8

# Of a NUMERIC: digits before its point, and after it.
_DIGITS, _PLACES = 29, 9


def _numeric(text: str) -> Decimal:
    """The NUMERIC that a text holds.

    Arrow 26 has a table of 76 powers of ten. With a smaller exponent it reads what lies before the
    table in memory, or crashes, and it runs in the product's own process here.

    Raises:
        ArithmeticError, ValueError: when it holds none.
    """
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_PLACES or number.adjusted() >= _DIGITS:
        raise ValueError(f"{text:.60} is no NUMERIC")
    return number


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "DATE": dt.date.fromisoformat,
    "DATETIME": dt.datetime.fromisoformat,
    "NUMERIC": _numeric,
    "TIMESTAMP": dt.datetime.fromisoformat,
}
# What reading another form raises; a number that is none, or too large, raises an ArithmeticError.
_MALFORMED = (
    ArithmeticError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    pa.ArrowException,
)
TYPES = frozenset({"BOOLEAN", "FLOAT", "INTEGER", "STRING", *_FROM_TEXT})


@dataclass(frozen=True, slots=True)
class GoldenRows:
    """Rows, and what the model answered its author.

    Attributes:
        rows: the features, in the types of BigQuery; shape (rows, features).
        predictions: a list of answers for each output.
        probabilities: a list for each output, empty where the model gives none.
    """

    rows: pa.RecordBatch
    predictions: tuple[tuple[Any, ...], ...]
    probabilities: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self | None:
        """The golden rows of a metadata.json, None when it has none.

        Raises:
            InvalidArgument: when they are not of the documented form.
        """
        if not (content := metadata.get(KEY)):
            return None
        try:
            arrays = {
                str(name): _array(values, content["types"][name])
                for name, values in content["rows"].items()
            }
            rows = pa.RecordBatch.from_pydict(arrays)
            predictions = tuple(map(tuple, content["predictions"]))
            probabilities = tuple(map(tuple, content.get("probabilities") or ()))
            _require_outputs(rows.num_rows, predictions, probabilities)
        except _MALFORMED as error:
            raise InvalidArgument(
                f"the golden_rows of metadata.json cannot be read: {type(error).__name__} "
                f"{error!s:.200}; publish writes them, or leave them out",
                reason="INVALID_GOLDEN_ROWS",
            ) from error
        return cls(rows, predictions, probabilities)

    def to_json(self, types: Mapping[str, str]) -> dict[str, Any]:
        """The golden rows as a JSON object; `types` are BigQuery's, by feature."""
        rows = {
            name: [_json_value(value) for value in self.rows.column(name).to_pylist()]
            for name in self.rows.schema.names
        }
        content: dict[str, Any] = {
            "types": dict(types),
            "rows": rows,
            "predictions": [list(map(_json_value, each)) for each in self.predictions],
        }
        if self.probabilities:
            content["probabilities"] = [list(map(_json_value, each)) for each in self.probabilities]
        return content


def _array(values: Sequence[Any], kind: str) -> pa.Array:
    if kind not in TYPES:
        raise ValueError(f"the type {kind}")
    read = _FROM_TEXT.get(kind)
    return pa.array(
        [read(each) if read and isinstance(each, str) else each for each in values],
        ARROW_TYPES[kind],
    )


def _require_outputs(
    rows: int, predictions: Sequence[Sequence[Any]], probabilities: Sequence[Sequence[Any]]
) -> None:
    if not 0 < rows <= MOST_ROWS or not predictions:
        raise ValueError(f"{rows} rows; there must be 1 to {MOST_ROWS}, with predictions")
    if any(len(each) != rows for each in (*predictions, *probabilities)):
        raise ValueError("rows and answers of different numbers")
    if probabilities and len(probabilities) != len(predictions):
        raise ValueError("predictions and probabilities of different numbers of outputs")


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dt.date | Decimal):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    return value


@dataclass(frozen=True, slots=True)
class Comparison:
    """How answers differ from the golden ones.

    Attributes:
        is_exact: whether every answer has the same bits.
        is_rounding: whether no answer differs by more than rounding explains.
        sentence: what differs most; "" when nothing does.
    """

    is_exact: bool
    is_rounding: bool
    sentence: str = ""


def compare_answers(golden: GoldenRows, columns: Sequence[pa.Array]) -> Comparison:
    """Compare answers with the golden ones.

    Args:
        golden: the author's answers.
        columns: the model's, each output followed by its probabilities if it has them.
    """
    expected = _interleaved(golden)
    if len(columns) != len(expected):
        return Comparison(
            is_exact=False,
            is_rounding=False,
            sentence=f"it answers {len(columns)} columns where its author got {len(expected)}",
        )
    differences = [
        difference
        for said, column in zip(expected, columns, strict=True)
        for difference in _differences(said, column.to_pylist())
    ]
    if not differences:
        return Comparison(is_exact=True, is_rounding=True)
    worst = max(differences, key=lambda each: each.size)
    return Comparison(
        is_exact=False,
        is_rounding=all(each.is_rounding for each in differences),
        sentence=f"{_count(differences)}; the largest difference is in row {worst.row}: "
        f"{worst.found!r:.60} where its author got {worst.expected!r:.60}",
    )


def _interleaved(golden: GoldenRows) -> list[tuple[Any, ...]]:
    if not golden.probabilities:
        return list(golden.predictions)
    pairs = zip(golden.predictions, golden.probabilities, strict=True)
    return [column for pair in pairs for column in pair]


@dataclass(frozen=True, slots=True)
class _Difference:
    row: int
    expected: Any
    found: Any
    size: float
    is_rounding: bool


def _count(differences: Sequence[_Difference]) -> str:
    count = len(differences)
    return "1 answer differs" if count == 1 else f"{count} answers differ"


def _differences(expected: Sequence[Any], found: Sequence[Any]) -> list[_Difference]:
    rows = enumerate(zip(expected, found, strict=True), start=1)
    return [_difference(row, a, b) for row, (a, b) in rows if not _is_same(a, b)]


def _is_same(expected: Any, found: Any) -> bool:
    if _is_missing(expected) or _is_missing(found):
        return _is_missing(expected) and _is_missing(found)
    return bool(expected == found)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _difference(row: int, expected: Any, found: Any) -> _Difference:
    is_number = all(isinstance(each, float) and not _is_missing(each) for each in (expected, found))
    size = abs(expected - found) if is_number else math.inf
    is_rounding = is_number and math.isclose(expected, found, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return _Difference(row, expected, found, size, is_rounding)
