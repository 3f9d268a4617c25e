import math

import numpy as np
import pyarrow as pa
import pytest

from jobs.comparison.tally import Tally, labels_agree, metrics, numbers_agree
from tests.unit.jobs.comparison.pairs import TABLE, classifiers, regressors


def batch(count):
    columns = {"x": pa.array(np.arange(float(count))), "sex": ["m"] * count}
    return pa.RecordBatch.from_pydict(columns)


def labels(a, b, truth, probabilities=None):
    """Output rows of two classifiers."""
    first, second = probabilities or (a, b)
    return pa.RecordBatch.from_pydict(
        {
            "id": list(range(len(a))),
            "y": pa.array(truth, pa.int64()),
            "y_a": pa.array(a, pa.int64()),
            "y_b": pa.array(b, pa.int64()),
            "PredictionProbability_a": pa.array(first, pa.float64()),
            "PredictionProbability_b": pa.array(second, pa.float64()),
            "Agree": labels_agree(pa.array(a, pa.int64()), pa.array(b, pa.int64())),
        }
    )


def numbers(a, b, truth):
    """Output rows of two regressors."""
    columns = {name: pa.array(each, pa.float64()) for name, each in {"y_a": a, "y_b": b}.items()}
    agree = numbers_agree(columns["y_a"], columns["y_b"])
    return pa.RecordBatch.from_pydict(
        {"id": list(range(len(a))), "y": pa.array(truth, pa.int64()), **columns, "Agree": agree}
    )


def tally_of(pair, *scored):
    tally = Tally(pair, {})
    for rows in scored:
        tally.add(batch(rows.num_rows), rows)
    return tally


def test_labels_agree_where_both_are_equal_and_neither_is_null():
    agree = labels_agree(pa.array(["a", "b", None, None]), pa.array(["a", "c", "a", None]))
    assert agree.to_pylist() == [True, False, False, False]


def test_numbers_agree_within_a_hundredth():
    a, b = pa.array([100.0, 100.0, 0.0, math.nan]), pa.array([100.9, 101.1, 1e-9, math.nan])
    assert numbers_agree(a, b).to_pylist() == [True, False, False, True]


def test_agreement_and_label_pairs_are_counted_over_all_batches():
    tally = tally_of(classifiers(), labels([0, 0], [0, 1], [None, None]), labels([0], [1], [None]))
    assert (tally.rows, tally.agreeing, tally.with_truth) == (3, 1, 0)
    assert tally.label_pairs == {(0, 0): 1, (0, 1): 2}
    assert metrics(tally) == {}


def test_a_batch_without_rows_counts_nothing():
    assert tally_of(classifiers(), labels([], [], [])).rows == 0


def test_metrics_of_labels_are_those_of_their_formulas():
    scored = labels([1, 0, 1], [1, 1, 0], [1, 0, None], ([0.8, 0.4, 0.9], [0.6, 0.7, 0.1]))
    tally = tally_of(classifiers(), scored)
    found = metrics(tally)
    assert tally.with_truth == 2
    assert tally.only_right == (1, 0)
    assert found["accuracy"] == (1.0, 0.5)
    losses = (-math.log(0.8) - math.log(0.6)) / 2, (-math.log(0.6) - math.log(0.3)) / 2
    assert found["log loss"] == pytest.approx(losses)
    assert found["Brier score"] == pytest.approx(((0.04 + 0.16) / 2, (0.16 + 0.49) / 2))


def test_a_probability_of_zero_does_not_make_the_log_loss_infinite():
    tally = tally_of(classifiers(), labels([0], [1], [1], ([0.0], [1.0])))
    assert metrics(tally)["log loss"] == pytest.approx((-math.log(1e-15), 0.0))


def test_of_many_classes_only_the_accuracy_is_measured():
    tally = tally_of(classifiers(classes=[0, 1, 2]), labels([2, 1], [2, 2], [2, 1]))
    assert metrics(tally) == {"accuracy": (1.0, 0.5)}


def test_metrics_of_numbers_are_mean_errors():
    tally = tally_of(regressors(), numbers([1.0, 4.0], [3.0, 5.0], [1, 8]))
    assert metrics(tally) == {
        "mean absolute error": (2.0, 2.5),
        "root mean squared error": pytest.approx((math.sqrt(8), math.sqrt(6.5))),
    }


def test_without_the_truth_s_column_there_is_no_metric():
    tally = tally_of(regressors(table=TABLE[:3]), numbers([1.0], [3.0], [None]))
    assert (tally.with_truth, metrics(tally)) == (0, {})


def test_the_examples_are_the_rows_with_the_largest_distances_of_all_batches():
    far = numbers([0.0] * 12, [float(n) for n in range(12)], [None] * 12)
    tally = tally_of(regressors(), far, numbers([0.0], [100.0], [None]))
    assert [distance for distance, _ in tally.examples] == [100.0, *range(11, 2, -1)]
    assert tally.examples[0][1]["y_b"] == 100.0


def test_the_scatter_sample_is_bounded_and_spread_over_the_batch():
    values = np.arange(6_000.0)
    tally = tally_of(regressors(), numbers(values, values, [None] * 6_000))
    tally.add(batch(1), numbers([1.0], [1.0], [None]))
    assert len(tally.scatter_sample) == 5_000
    assert (tally.scatter_sample[0], tally.scatter_sample[-1]) == ((0, 0), (5_999, 5_999))


def test_the_disagreeing_profile_is_of_the_rows_on_which_the_models_disagree():
    tally = tally_of(classifiers(), labels([0, 0, 1], [0, 1, 0], [None] * 3))
    assert (tally.profile.rows, tally.disagreeing_profile.rows) == (3, 2)
    disagreeing = tally.disagreeing_profile.features["x"]
    assert (disagreeing.minimum, disagreeing.maximum) == (1.0, 2.0)
