"""What a comparison found, as JSON and as lines for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jobs.comparison.segments import worst_segments
from jobs.comparison.tally import Tally, metrics

_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a model on one snapshot of a table.

    Attributes:
        names: what was asked for as a and as b, e.g. "v3 (champion)".
        output_table: where the rows are; None when they were not kept.
    """

    tally: Tally
    names: tuple[str, str]
    input_table: str
    snapshot_time: datetime
    output_table: str | None

    def __str__(self) -> str:
        return lines(self)

    def to_json(self) -> dict[str, Any]:
        """The comparison for a program."""
        tally = self.tally
        found = metrics(tally)
        return {
            "model_name": tally.pair.models[0].registered.version.name,
            "a": self.names[0],
            "b": self.names[1],
            "input_table": self.input_table,
            "snapshot_time": self.snapshot_time.isoformat(),
            "output_table": self.output_table,
            "rows": tally.rows,
            "agreeing": tally.same,
            "predictions": [
                {"a": a, "b": b, "rows": rows} for (a, b), rows in tally.pairs.most_common()
            ],
            "truth": {
                "column": tally.pair.truth,
                "rows": tally.known,
                "metrics": {name: {"a": a, "b": b} for name, (a, b) in found.items()},
                "only_a_right": tally.only[0],
                "only_b_right": tally.only[1],
            },
            "segments": [asdict(each) | {"share": each.share} for each in worst_segments(tally)],
            "examples": [row for _, row in tally.examples],
        }


def lines(found: Comparison) -> str:
    """The comparison for a person."""
    tally = found.tally
    name = tally.pair.models[0].registered.version.name
    moment = found.snapshot_time.isoformat(timespec="seconds")
    return "\n".join(
        [
            f"{name}: a = {found.names[0]}, b = {found.names[1]}",
            f"on {tally.rows:,} rows of {found.input_table} as of {moment}",
            *_agreement(tally),
            *_metrics(tally),
            *_where(tally),
            *([f"every row: {found.output_table}"] if found.output_table else []),
        ]
    )


def _agreement(tally: Tally) -> Iterator[str]:
    if not tally.rows:
        return
    yield f"they agree on {tally.same:,} rows, {tally.same / tally.rows:.1%}"
    different = [(pair, rows) for pair, rows in tally.pairs.most_common() if pair[0] != pair[1]]
    for (a, b), rows in different[:_MOST_PAIRS]:
        yield f"  a says {a}, b says {b}: {rows:,} rows"


def _metrics(tally: Tally) -> Iterator[str]:
    if not (found := metrics(tally)):
        return
    yield f"beside the truth in {tally.pair.truth}, known for {tally.known:,} rows:"
    yield f"  {'':24} {'a':>12} {'b':>12} {'b - a':>12}"
    for name, (a, b) in found.items():
        yield f"  {name:24} {a:12.4f} {b:12.4f} {b - a:+12.4f}"
    if tally.pair.is_classifier:
        yield f"  only a is right on {tally.only[0]:,} rows, only b on {tally.only[1]:,}"


def _where(tally: Tally) -> Iterator[str]:
    if segments := worst_segments(tally):
        yield "they differ most often where"
        yield from (f"  {segment}" for segment in segments)
    if tally.examples:
        yield "rows on which they differ most:"
        yield from (f"  {_row(row, tally)}" for _, row in tally.examples)


def _row(row: Mapping[str, Any], tally: Tally) -> str:
    output = tally.pair.output
    shown: Sequence[str] = [*output.keys[:1], *output.predictions, *output.probabilities]
    return ", ".join(f"{name} {_short(row[name])}" for name in shown)


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else f"{value!s:.40}"
