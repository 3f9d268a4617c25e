"""Advice about what is around a model."""

import pytest

from jobs.models.description import Part
from jobs.models.parts import parts_finding

MODEL = Part("model", "sklearn.linear_model._logistic.LogisticRegression", True, False)
SCALER = Part("scaler", "sklearn.preprocessing._data.StandardScaler", False, True)
IMPUTER = Part("imputer", "sklearn.impute._base.SimpleImputer", False, True)
ENCODER = Part("sex", "sklearn.preprocessing._label.LabelEncoder", False, True)
ENCODERS = Part("encoders", "builtins.dict", False, False, holds=(ENCODER, ENCODER))
NAMES = Part("columns", "builtins.list", False, False)


@pytest.mark.parametrize(
    ("parts", "advice"),
    [
        ((SCALER, MODEL), "Pipeline of both, e.g. make_pipeline(it['scaler'], it['model'])"),
        (
            (NAMES, MODEL),
            (
                "it['model'] is the only one that predicts, and nothing prepares its rows: dump it "
                "alone, joblib.dump(it['model'], 'model.pkl')"
            ),
        ),
        ((MODEL, MODEL), "dump each model into a model.pkl of its own: it['model'], it['model']"),
        (
            (SCALER, MODEL, MODEL),
            (
                "its own, each after the steps that prepare its rows in one Pipeline: it['model'], "
                "it['model']"
            ),
        ),
        ((NAMES, SCALER), "none of them has a predict method: dump the fitted model itself"),
        ((), "the file holds an empty dict: dump the fitted model itself"),
        (
            (SCALER, IMPUTER, MODEL),
            (
                "with what is in it['scaler'], it['imputer'] as steps or in a ColumnTransformer, "
                "and it['model'] as its last step"
            ),
        ),
        (
            (ENCODERS, MODEL),
            (
                "with what is in it['encoders'] (a LabelEncoder is for targets only: an "
                "OrdinalEncoder with categories=[e.classes_ for each e] gives columns the same "
                "numbers) as steps or in a ColumnTransformer, and it['model'] "
                "as its last step"
            ),
        ),
    ],
)
def test_parts_are_told_how_to_make_a_model_of_them(parts, advice):
    found = parts_finding("builtins.dict", parts)
    assert found.partition("; what is in ")[0].endswith(advice)


def test_the_parts_are_named_as_their_author_reaches_them():
    numbered = Part("1", MODEL.estimator, True, False, is_text_key=False)
    found = parts_finding("builtins.list", (numbered,))
    assert "a list around its parts (item 1 is a LogisticRegression)" in found
    assert found.endswith("joblib.dump(it[1], 'model.pkl')")
    text = Part("1", MODEL.estimator, True, False)
    assert "it['1']" in parts_finding("builtins.dict", (text,))


def test_what_is_in_a_part_is_counted_and_reached():
    found = parts_finding("builtins.dict", (ENCODERS,))
    assert "its 'encoders' is a dict with 2 LabelEncoder" in found
    nested = Part("best", "builtins.dict", False, False, holds=(MODEL,))
    assert "joblib.dump(it['best']['model'], " in parts_finding("builtins.dict", (nested,))


def test_of_many_parts_the_first_are_named():
    found = parts_finding("builtins.dict", [MODEL] * 11)
    assert found.count("its 'model' is") == 10
    assert ", …)" in found
    assert found.endswith(", …")


def test_what_the_advised_model_does_not_hold_is_told():
    transform = Part("y_transform", "builtins.str", False, False)
    found = parts_finding("builtins.dict", (SCALER, MODEL, transform))
    assert "it['model']); what is in 'y_transform' is lost then: what" in found
    assert found.endswith("what changes the target a TransformedTargetRegressor")
    assert "is lost" not in parts_finding("builtins.dict", (ENCODERS, MODEL))
