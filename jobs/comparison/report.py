"""The result of a comparison, as JSON, as text and as a plot.

Only the plot needs matplotlib, which is installed for notebooks and not in the images.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from jobs.comparison.segments import worst_segments
from jobs.comparison.tally import Tally, metrics
from shared.errors import FailedPrecondition, InvalidArgument

_MAX_LABEL_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a model on one snapshot of a table.

    Attributes:
        names: a and b as they were requested, e.g. "champion (v3)".
        output_table: the table with the compared rows; None when they were not kept.
    """

    tally: Tally
    names: tuple[str, str]
    input_table: str
    snapshot_time: datetime
    output_table: str | None

    def to_json(self) -> dict[str, Any]:
        """The comparison as `python -m jobs compare --json` prints it."""
        tally = self.tally
        return {
            "model_name": tally.pair.models[0].registered.version.name,
            "a": self.names[0],
            "b": self.names[1],
            "input_table": self.input_table,
            "snapshot_time": self.snapshot_time.isoformat(),
            "output_table": self.output_table,
            "rows": tally.rows,
            "agreeing": tally.agreeing,
            "predictions": [
                {"a": a, "b": b, "rows": rows} for (a, b), rows in tally.label_pairs.most_common()
            ],
            "truth": {
                "column": tally.pair.truth,
                "rows": tally.with_truth,
                "metrics": {name: {"a": a, "b": b} for name, (a, b) in metrics(tally).items()},
                "only_a_right": tally.only_right[0],
                "only_b_right": tally.only_right[1],
            },
            "segments": [asdict(each) | {"share": each.share} for each in worst_segments(tally)],
            "examples": [row for _, row in tally.examples],
        }

    def __str__(self) -> str:
        tally = self.tally
        name = tally.pair.models[0].registered.version.name
        time = self.snapshot_time.isoformat(timespec="seconds")
        return "\n".join(
            [
                f"{name}: a = {self.names[0]}, b = {self.names[1]}",
                f"on {tally.rows:,} rows of {self.input_table} as of {time}",
                *_agreement_lines(tally),
                *_metric_lines(tally),
                *_difference_lines(tally),
                *([f"every row: {self.output_table}"] if self.output_table else []),
            ]
        )


def _agreement_lines(tally: Tally) -> Iterator[str]:
    if not tally.rows:
        return
    yield f"they agree on {tally.agreeing:,} rows, {tally.agreeing / tally.rows:.1%}"
    different = [
        (pair, rows) for pair, rows in tally.label_pairs.most_common() if pair[0] != pair[1]
    ]
    for (a, b), rows in different[:_MAX_LABEL_PAIRS]:
        yield f"  a says {a}, b says {b}: {rows:,} rows"


def _metric_lines(tally: Tally) -> Iterator[str]:
    if not (found := metrics(tally)):
        return
    yield f"beside the truth in {tally.pair.truth}, known for {tally.with_truth:,} rows:"
    yield f"  {'':24} {'a':>12} {'b':>12} {'b - a':>12}"
    for name, (a, b) in found.items():
        yield f"  {name:24} {a:12.4f} {b:12.4f} {b - a:+12.4f}"
    if tally.pair.is_classifier:
        a_rows, b_rows = tally.only_right
        yield f"  only a is right on {a_rows:,} rows, only b on {b_rows:,}"


def _difference_lines(tally: Tally) -> Iterator[str]:
    if segments := worst_segments(tally):
        yield "they differ most often where"
        yield from (f"  {segment}" for segment in segments)
    if tally.examples:
        yield "rows on which they differ most:"
        yield from (f"  {_row(row, tally)}" for _, row in tally.examples)


def _row(row: Mapping[str, Any], tally: Tally) -> str:
    output = tally.pair.output
    names: Sequence[str] = [*output.keys[:1], *output.predictions, *output.probabilities]
    return ", ".join(f"{name} {_short(row[name])}" for name in names)


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else f"{value!s:.40}"


def draw(comparison: Comparison, path: Path) -> None:
    """Plot the predictions of both models and, where the truth is known, their metrics.

    Raises:
        FailedPrecondition: when matplotlib is not installed, or there are no rows.
        InvalidArgument: when the file cannot be written, or matplotlib has no such format.
    """
    try:
        from jobs import plots  # noqa: PLC0415  (only a plot needs matplotlib)
    except ModuleNotFoundError as error:
        raise FailedPrecondition(
            "a picture needs matplotlib, which is not installed here: run it where the notebooks "
            "run, or leave --picture out",
            reason="NO_MATPLOTLIB",
        ) from error
    tally, names = comparison.tally, comparison.names
    if not tally.scatter_sample:
        raise FailedPrecondition("there are no rows to draw", reason="NO_ROWS")
    found = metrics(tally)
    axes = plots.panels(2 if found else 1)
    pair, (a, b) = tally.pair, np.array(tally.scatter_sample).T
    if pair.has_probabilities and not _is_multiclass(tally):
        plots.agreement(a.astype(float), b.astype(float), names=names, ax=axes[0])
    elif pair.is_classifier:
        plots.confusion_matrix(*_labels(tally), ax=axes[0], axes_names=names)
    else:
        plots.truth_against_prediction(b, a, pair.target, ax=axes[0])
        axes[0].set_title(f"{pair.target} by both, {len(a):,} rows", loc="left")
        axes[0].set(xlabel=f"by {names[0]}", ylabel=f"by {names[1]}")
    if found:
        plots.metric_comparison(dict(found), names=names, ax=axes[1])
    try:
        axes[0].get_figure(root=True).savefig(path)  # type: ignore[union-attr]  # it has one
    except (OSError, ValueError) as error:
        raise InvalidArgument(f"--picture={path} cannot be written: {error}") from error


def _is_multiclass(tally: Tally) -> bool:
    return len(tally.pair.classes[0]) > 2  # noqa: PLR2004


def _labels(tally: Tally) -> tuple[list[str], list[str]]:
    """The labels of a and of b, an entry per row."""
    pairs = list(tally.label_pairs.elements())
    return [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
