"""Counts agreement and sums metrics of two models, batch by batch. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.comparison.pair import ModelPair
from jobs.drift.input_profile import InputProfile, sample
from jobs.drift.profile import Baseline

# Two numbers agree if they differ by at most this share of the second one.
TOLERANCE = 0.01

_MAX_EXAMPLES = 10
_SCATTER_ROWS = 5_000
# Bounds the log loss of a single row.
_MIN_PROBABILITY = 1e-15
_BINARY = 2

type Scores = dict[str, "np.ndarray[Any, np.dtype[np.float64]]"]


def labels_agree(a: pa.Array, b: pa.Array) -> pa.Array:
    """For each row, whether two labels are equal."""
    return pc.fill_null(pc.equal(a, b), False)


def numbers_agree(a: pa.Array, b: pa.Array) -> pa.Array:
    """For each row, whether two numbers are equal within TOLERANCE; two NaNs are."""
    one, other = (each.to_numpy(zero_copy_only=False) for each in (a, b))
    return pa.array(np.isclose(one, other, rtol=TOLERANCE, atol=0, equal_nan=True))


@dataclass
class Tally:
    """The counts and sums of a comparison so far; not safe for several threads.

    Attributes:
        baseline: gives the bins of the profiles.
        rows: number of rows.
        agreeing: number of rows on which a and b agree.
        with_truth: number of rows whose true value is not NULL.
        label_pairs: for a classifier, number of rows of each (label of a, label of b).
        sums: for a and b, the sum of each score over the rows with truth; shape (2,).
        only_right: number of rows on which only a is right, and on which only b is.
        profile: the profile of the sampled rows' features.
        disagreeing_profile: the same of those sampled rows on which a and b disagree.
        examples: distance and output row of the rows with the largest distances, in that order.
        scatter_sample: probabilities or else predictions of some rows, by a and by b.
    """

    pair: ModelPair
    baseline: Baseline
    rows: int = 0
    agreeing: int = 0
    with_truth: int = 0
    label_pairs: Counter[tuple[Any, Any]] = field(default_factory=Counter)
    sums: Scores = field(default_factory=dict)
    only_right: tuple[int, int] = (0, 0)
    profile: InputProfile | None = None
    disagreeing_profile: InputProfile | None = None
    examples: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    scatter_sample: list[tuple[Any, Any]] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch, scored: pa.RecordBatch) -> None:
        """Count the rows of a batch; `scored` holds the output rows of a `PairScorer`."""
        if not batch.num_rows:
            return
        agree = scored.column("Agree")
        self.rows += scored.num_rows
        self.agreeing += agree.true_count
        if self.pair.is_classifier:
            labels = (scored.column(name).to_pylist() for name in self.pair.output.predictions)
            self.label_pairs.update(zip(*labels, strict=True))
        self._add_scores(scored)
        sampled, disagreeing = sample(batch), pc.invert(sample(agree))
        self.profile = _sum(self.profile, self._profile_of(sampled))
        self.disagreeing_profile = _sum(
            self.disagreeing_profile, self._profile_of(sampled.filter(disagreeing))
        )
        self._add_examples(scored.filter(pc.invert(agree)))
        self._add_to_scatter_sample(scored)

    def _profile_of(self, batch: pa.RecordBatch) -> InputProfile:
        return InputProfile.of(batch, self.pair.sources, self.baseline)

    def _add_scores(self, scored: pa.RecordBatch) -> None:
        if not self.pair.truth:
            return
        judged = scored.filter(pc.is_valid(scored.column(self.pair.target)))
        self.with_truth += judged.num_rows
        if self.pair.is_classifier:
            scores = _classifier_scores(judged, self.pair)
            a, b = scores["right"] > 0
            only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
            self.only_right = (self.only_right[0] + only_a, self.only_right[1] + only_b)
        else:
            scores = _regressor_scores(judged, self.pair)
        for name, values in scores.items():
            self.sums[name] = self.sums.get(name, np.zeros(2)) + values.sum(axis=1)

    def _add_examples(self, differing: pa.RecordBatch) -> None:
        distances = _distances(differing, self.pair)
        largest = np.argsort(-distances, kind="stable")[:_MAX_EXAMPLES]
        rows = differing.take(pa.array(largest)).to_pylist()
        found = zip(distances[largest].tolist(), rows, strict=True)
        self.examples = sorted([*self.examples, *found], key=lambda each: -each[0])[:_MAX_EXAMPLES]

    def _add_to_scatter_sample(self, scored: pa.RecordBatch) -> None:
        output = self.pair.output
        names = output.probabilities or output.predictions
        count = min(_SCATTER_ROWS - len(self.scatter_sample), scored.num_rows)
        indices = pa.array(np.linspace(0, scored.num_rows - 1, count).astype(int))
        columns = (scored.column(name).take(indices).to_pylist() for name in names)
        self.scatter_sample.extend(zip(*columns, strict=True))


def _sum(total: InputProfile | None, part: InputProfile) -> InputProfile:
    return total + part if total else part


def _as_floats(column: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    values: np.ndarray[Any, Any] = column.to_numpy(zero_copy_only=False)
    return values.astype(np.float64)


def _floats(scored: pa.RecordBatch, names: tuple[str, ...]) -> "np.ndarray[Any, Any]":
    """The values of some columns; shape (names, rows)."""
    return np.array([_as_floats(scored.column(name)) for name in names])


def _classifier_scores(scored: pa.RecordBatch, pair: ModelPair) -> Scores:
    """Of a and b for each row: right or not, log loss and Brier score; shapes (2, rows)."""
    output = pair.output
    labels = [scored.column(name) for name in output.predictions]
    truth = pc.cast(scored.column(pair.target), labels[0].type)
    right = np.array([_as_floats(pc.fill_null(pc.equal(each, truth), False)) for each in labels])
    if not _is_binary(pair):
        return {"right": right}
    positive = pa.scalar(pair.classes[0][1]).cast(labels[0].type)
    is_positive = _as_floats(pc.equal(truth, positive))
    probabilities = _floats(scored, output.probabilities)
    of_truth = np.where(is_positive > 0, probabilities, 1 - probabilities)
    return {
        "right": right,
        "log loss": -np.log(of_truth.clip(min=_MIN_PROBABILITY)),
        "Brier score": (probabilities - is_positive) ** 2,
    }


def _is_binary(pair: ModelPair) -> bool:
    a, b = pair.classes
    return pair.has_probabilities and len(a) == _BINARY and a == b


def _regressor_scores(scored: pa.RecordBatch, pair: ModelPair) -> Scores:
    """The absolute and squared errors of a and b for each row; shapes (2, rows)."""
    (truth,) = _floats(scored, (pair.target,))
    errors = _floats(scored, pair.output.predictions) - truth
    return {"absolute": np.abs(errors), "squared": errors**2}


def _distances(scored: pa.RecordBatch, pair: ModelPair) -> "np.ndarray[Any, Any]":
    """How far a and b are apart in each row, in probability or prediction; shape (rows,)."""
    output = pair.output
    if not output.probabilities and pair.is_classifier:
        return np.ones(scored.num_rows)
    a, b = _floats(scored, output.probabilities or output.predictions)
    distances: np.ndarray[Any, Any] = np.nan_to_num(np.abs(a - b))
    return distances


def metrics(tally: Tally) -> Mapping[str, tuple[float, float]]:
    """The metrics of a and b over the rows with truth, by name; {} without such rows."""
    if not tally.with_truth:
        return {}
    means = {name: sums / tally.with_truth for name, sums in tally.sums.items()}
    named = {
        "accuracy": means.get("right"),
        "log loss": means.get("log loss"),
        "Brier score": means.get("Brier score"),
        "mean absolute error": means.get("absolute"),
        "root mean squared error": np.sqrt(means["squared"]) if "squared" in means else None,
    }
    return {
        name: (float(value[0]), float(value[1]))
        for name, value in named.items()
        if value is not None
    }
