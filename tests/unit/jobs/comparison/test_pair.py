from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LinearRegression

from jobs.comparison.pair import PairScorer, pair_of
from jobs.comparison.tally import numbers_agree
from shared.errors import FailedPrecondition, InvalidArgument
from shared.registry.signature import OutputColumn
from shared.tables.table import Column
from tests.in_process_model import InProcessModel
from tests.unit.jobs.comparison.pairs import LABEL, NUMBER, TABLE, classifiers, loaded, regressors


def reason(refusal):
    return refusal.value.reason


def test_every_column_that_either_model_or_the_comparison_needs_is_selected_once():
    models = (loaded("v1", NUMBER, features=("x", "id")), loaded("v2", NUMBER, features=("X",)))
    assert pair_of(models, TABLE, ("id",)).selected == ("id", "x", "y")


def test_the_output_has_key_truth_both_predictions_and_both_probabilities():
    names = [column.name for column in classifiers().output.output]
    assert names[:7] == [
        "id",
        "y",
        "y_a",
        "y_b",
        "PredictionProbability_a",
        "PredictionProbability_b",
        "Agree",
    ]
    assert names[-3:] == ["ModelVersion_a", "ModelVersion_b", "RunId"]


def test_a_table_without_the_target_has_no_truth():
    pair = regressors(table=TABLE[:3])
    assert pair.truth is None
    assert "y" not in [column.name for column in pair.output.output]


def test_the_truth_is_found_whatever_its_case():
    assert regressors(table=(*TABLE[:3], Column("Y", "FLOAT"))).truth == "Y"


def test_labels_and_numbers_are_told_apart():
    assert (classifiers().is_classifier, regressors().is_classifier) == (True, False)
    assert (classifiers().has_probabilities, regressors().has_probabilities) == (True, False)
    assert (classifiers().classes, regressors().classes) == ([(0, 1)] * 2, [()] * 2)


def test_labels_that_are_floats_are_labels():
    label = OutputColumn("y", "FLOAT", classes=(0.0, 1.0))
    pair = pair_of((loaded("v1", label), loaded("v2", label)), TABLE, ())
    assert pair.is_classifier


def test_the_sources_are_the_table_s_columns_by_the_feature_s_name():
    models = (loaded("v1", NUMBER, features=("X",)), loaded("v2", NUMBER, features=("x",)))
    assert pair_of(models, TABLE, ()).sources == {"X": "x"}


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ((loaded("v1", NUMBER), loaded("v2", LABEL)), "KINDS_DIFFER"),
        ((loaded("v1", NUMBER, NUMBER), loaded("v2", NUMBER)), "MULTIPLE_OUTPUTS"),
    ],
)
def test_models_of_other_outputs_cannot_be_compared(models, expected):
    with pytest.raises(FailedPrecondition) as refusal:
        pair_of(models, TABLE, ())
    assert reason(refusal) == expected


def test_a_truth_of_another_type_than_the_predictions_is_refused():
    text = OutputColumn("y", "STRING")
    with pytest.raises(FailedPrecondition, match="the column y, which should hold the truth") as no:
        pair_of((loaded("v1", text), loaded("v2", text)), TABLE, ())
    assert reason(no) == "KINDS_DIFFER"


@pytest.mark.parametrize("key", ["y_a", "agree", "RUNID"])
def test_a_key_column_with_the_name_of_an_output_column_is_refused(key):
    with pytest.raises(InvalidArgument) as refusal:
        regressors(table=(*TABLE, Column(key, "STRING")), keys=(key,))
    assert reason(refusal) == "KEY_COLUMN_CLASH"


def line(slope):
    x = pd.DataFrame({"x": np.arange(5.0)})
    return LinearRegression().fit(x, slope * x["x"])


def test_a_scored_batch_holds_both_predictions_and_whether_they_agree():
    pair = regressors()
    sessions = (InProcessModel(line(1.0)), InProcessModel(line(2.0)))
    models = tuple(
        replace(model, session=session)
        for model, session in zip(pair.models, sessions, strict=True)
    )
    constants = dict.fromkeys(("ModelName", "ModelVersion_a", "ModelVersion_b", "RunId"), "?")
    constants["PredictionTimestamp"] = None
    calls = []
    scorer = PairScorer(
        replace(pair, models=models), constants, numbers_agree, lambda *each: calls.append(each)
    )
    batch = pa.RecordBatch.from_pydict({"id": [7, 8], "x": [0.0, 3.0], "y": [1, 6]})
    rows = scorer.score(batch)
    assert rows.column("id").to_pylist() == [7, 8]
    assert rows.column("y").to_pylist() == [1, 6]
    assert rows.column("y_a").to_pylist() == pytest.approx([0, 3], abs=1e-9)
    assert rows.column("y_b").to_pylist() == pytest.approx([0, 6], abs=1e-9)
    assert rows.column("Agree").to_pylist()[1] is False
    assert calls == [(batch, rows)]
