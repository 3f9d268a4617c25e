"""What two models agree on and how well each does, counted batch by batch. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.comparison.pair import Pair
from jobs.drift.input_profile import Baseline, InputProfile, sample

# NumericalProfile closer than this share of the larger one agree.
TOLERANCE = 0.01

_EXAMPLES = 10
_DOTS = 5_000
_LEAST_PROBABILITY = 1e-15
_BINARY = 2

type Sums = dict[str, "np.ndarray[Any, np.dtype[np.float64]]"]


def labels_agree(a: pa.Array, b: pa.Array) -> pa.Array:
    """For each row, whether two labels are one."""
    return pc.fill_null(pc.equal(a, b), False)


def numbers_agree(a: pa.Array, b: pa.Array) -> pa.Array:
    """For each row, whether two numbers are equal to within a share of the larger."""
    one, other = (each.to_numpy(zero_copy_only=False) for each in (a, b))
    return pa.array(np.isclose(one, other, rtol=TOLERANCE, atol=0, equal_nan=True))


@dataclass
class Tally:
    """The running count of a comparison; one thread at a time may add to it.

    Attributes:
        pairs: how often a and b said what, for labels.
        sums: of each metric over the rows whose truth is known, for a and b.
        only: rows on which only a, and only b, is right.
        everywhere: how the features of the rows looked at are spread.
        disagreeing: the same of those among them on which they differ.
        examples: rows on which they differ most, the most first.
        scatter_sample: some rows' predictions or probabilities, by a and by b.
    """

    pair: Pair
    baseline: Baseline
    rows: int = 0
    same: int = 0
    known: int = 0
    pairs: Counter[tuple[Any, Any]] = field(default_factory=Counter)
    sums: Sums = field(default_factory=dict)
    only: tuple[int, int] = (0, 0)
    everywhere: InputProfile | None = None
    disagreeing: InputProfile | None = None
    examples: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    scatter_sample: list[tuple[Any, Any]] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch, scored: pa.RecordBatch) -> None:
        """Count the rows of a batch, which both models have scored."""
        if not batch.num_rows:
            return
        output = self.pair.output
        agree = scored.column("Agree")
        self.rows += scored.num_rows
        self.same += agree.true_count
        if self.pair.is_classifier:
            said = (scored.column(name).to_pylist() for name in output.predictions)
            self.pairs.update(zip(*said, strict=True))
        self._add_metrics(scored)
        looked_at, disagreeing = sample(batch), pc.invert(sample(agree))
        self.everywhere = _plus(self.everywhere, self._profile(looked_at))
        self.disagreeing = _plus(self.disagreeing, self._profile(looked_at.filter(disagreeing)))
        self._add_examples(scored.filter(pc.invert(agree)))
        self._add_to_sample(scored)

    def _profile(self, batch: pa.RecordBatch) -> InputProfile:
        return InputProfile.of(batch, self.pair.schemas[0], self.baseline)

    def _add_metrics(self, scored: pa.RecordBatch) -> None:
        if not self.pair.truth:
            return
        judged = scored.filter(pc.is_valid(scored.column(self.pair.target)))
        self.known += judged.num_rows
        if self.pair.is_classifier:
            found = _judged_labels(judged, self.pair)
            a, b = found["right"] > 0
            self.only = (self.only[0] + int((a & ~b).sum()), self.only[1] + int((b & ~a).sum()))
        else:
            found = _judged_numbers(judged, self.pair)
        for name, values in found.items():
            self.sums[name] = self.sums.get(name, np.zeros(2)) + values.sum(axis=1)

    def _add_examples(self, differing: pa.RecordBatch) -> None:
        distances = _distances(differing, self.pair)
        most = np.argsort(-distances, kind="stable")[:_EXAMPLES]
        rows = differing.take(pa.array(most)).to_pylist()
        found = zip(distances[most].tolist(), rows, strict=True)
        self.examples = sorted([*self.examples, *found], key=lambda each: -each[0])[:_EXAMPLES]

    def _add_to_sample(self, scored: pa.RecordBatch) -> None:
        output = self.pair.output
        names = output.probabilities or output.predictions
        room = min(_DOTS - len(self.scatter_sample), scored.num_rows)
        indices = pa.array(np.linspace(0, scored.num_rows - 1, room).astype(int))
        some = (scored.column(name).take(indices).to_pylist() for name in names)
        self.scatter_sample.extend(zip(*some, strict=True))


def _plus(whole: InputProfile | None, part: InputProfile) -> InputProfile:
    return whole + part if whole else part


def _as_numbers(column: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    numbers: np.ndarray[Any, Any] = column.to_numpy(zero_copy_only=False)
    return numbers.astype(np.float64)


def _numbers(scored: pa.RecordBatch, names: tuple[str, ...]) -> "np.ndarray[Any, Any]":
    return np.array([_as_numbers(scored.column(name)) for name in names])


def _judged_labels(scored: pa.RecordBatch, pair: Pair) -> Sums:
    """For each row, whether a and b are right, and how good their probabilities are."""
    output = pair.output
    said = [scored.column(name) for name in output.predictions]
    truth = pc.cast(scored.column(pair.target), said[0].type)
    right = np.array([_as_numbers(pc.fill_null(pc.equal(each, truth), False)) for each in said])
    if not _is_binary(pair):
        return {"right": right}
    positive = pa.scalar(pair.models[0].estimator.classes_[1].item()).cast(said[0].type)
    were = _as_numbers(pc.equal(truth, positive))
    chances = _numbers(scored, output.probabilities)
    of_truth = np.where(were > 0, chances, 1 - chances).clip(min=_LEAST_PROBABILITY)
    return {"right": right, "log loss": -np.log(of_truth), "Brier score": (chances - were) ** 2}


def _is_binary(pair: Pair) -> bool:
    classes = [getattr(model.estimator, "classes_", ()) for model in pair.models]
    same = len(classes[0]) == _BINARY and list(classes[0]) == list(classes[1])
    return pair.has_probabilities and same


def _judged_numbers(scored: pa.RecordBatch, pair: Pair) -> Sums:
    """For each row, how far a and b are from the truth."""
    (truth,) = _numbers(scored, (pair.target,))
    errors = _numbers(scored, pair.output.predictions) - truth
    return {"absolute": np.abs(errors), "squared": errors**2}


def _distances(scored: pa.RecordBatch, pair: Pair) -> "np.ndarray[Any, Any]":
    output = pair.output
    if not output.probabilities and pair.is_classifier:
        return np.ones(scored.num_rows)
    a, b = _numbers(scored, output.probabilities or output.predictions)
    distances: np.ndarray[Any, Any] = np.nan_to_num(np.abs(a - b))
    return distances


def metrics(tally: Tally) -> Mapping[str, tuple[float, float]]:
    """The metrics of a and b on the rows whose truth is known; {} when none is."""
    if not tally.known:
        return {}
    means = {name: sums / tally.known for name, sums in tally.sums.items()}
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
