"""Sentences for a model's author: the cause first, then what to do."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from jobs.models.description import ModelDescription, Part
from jobs.models.findings import (
    alarming_finding,
    features_finding,
    load_finding,
    load_sentence,
    missing_golden_rows,
    release_finding,
    unusable,
)
from runtimes.catalog import Runtime

MODEL = Part("model", "sklearn.linear_model._logistic.LogisticRegression", True, False)
SCALER = Part("scaler", "sklearn.preprocessing._data.StandardScaler", False, True)


def described(estimator="mine.Model", **facts):
    return ModelDescription(**{"estimator": estimator, "predicts": True, "is_class": False} | facts)


def test_a_dictionary_around_a_model_is_told_what_to_dump():
    found = unusable(described("builtins.dict", predicts=False, parts=(MODEL,)))
    assert found.startswith("the file holds a dict around its parts (its 'model' is a Log")


def test_alarming_names_are_listed_up_to_ten():
    assert alarming_finding(["os.system"]).startswith("it names os.system, which no model needs: ")
    listed = alarming_finding([f"os.f{number}" for number in range(11)])
    assert "os.f9, …" in listed
    assert "os.f10" not in listed


def test_a_fitted_model_is_usable():
    assert unusable(described()) is None


def test_a_model_that_was_never_fitted_is_told_so():
    assert unusable(described(is_fitted=False)).startswith("the model was never fitted")


def test_a_class_is_no_fitted_object_of_it():
    found = unusable(described("sklearn.svm._classes.SVC", predicts=False, is_class=True))
    assert found == "the file holds the class sklearn.svm._classes.SVC, no fitted object of it"


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (SCALER.estimator, "a StandardScaler, which has no predict method: if it prepares rows"),
        ("keras.src.models.Sequential", "an object of keras is not one; if it is a model, wrap it"),
        ("nltk.classify.naivebayes.NaiveBayesClassifier", "the file holds a NaiveBayesClassifier:"),
    ],
)
def test_an_object_without_predict_is_told_what_to_do(estimator, words):
    assert words in unusable(described(estimator, predicts=False))


def test_a_dictionary_that_predicts_is_a_model():
    assert unusable(described("sklearn.utils._bunch.Bunch", parts=(MODEL,))) is None


def test_what_a_notebook_defined_belongs_into_a_package():
    found = load_finding("cannot be loaded: AttributeError: 'Clip' of '__main__'", [])
    assert found.startswith("the file cannot be loaded: AttributeError")
    assert "move that to a package, import it from there, fit and dump the model again" in found
    assert found.endswith("(docs/add-a-custom-class.md)")


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (
            (
                "names the module sklearn.neighbors.classification, which the runtime's release of "
                "sklearn lacks: another release wrote it"
            ),
            "wrote it, probably one before 0.22: fit the model again with 0.22 or later",
        ),
        (
            (
                "names the module sklearn.metrics._dist_metrics, which the runtime's release of "
                "sklearn lacks: another release wrote it"
            ),
            'which one wrote it, e.g. {"library_versions": {"scikit-learn": "1.2.2"}}',
        ),
        ("cannot be loaded: UnicodeDecodeError: 'ascii'", "Python 2 has probably written it"),
    ],
)
def test_a_file_of_an_older_time_is_told_so(words, advice):
    assert advice in load_finding(words, ["sklearn"])


@pytest.mark.parametrize(
    ("problem", "version", "count"),
    [
        ("AttributeError: no attribute '_fit_dtype'", "1.5.0", 1),
        ("AttributeError: no attribute '_fit_dtype'", "1.5.2", 0),
        ("AttributeError: no attribute '_fit_dtype'", "1.3.0", 0),
        ("AttributeError: no attribute '_fit_dtype'", None, 0),
        ("ValueError: no", "1.5.0", 0),
    ],
)
def test_an_attribute_that_another_patch_release_noted_is_told(problem, version, count):
    runtime = Runtime("sklearn-1.5", "3.11", {"scikit-learn": "1.5.2"})
    found = list(release_finding(problem, version, runtime))
    assert len(found) == count
    for each in found:
        assert "fitted with scikit-learn 1.5.0, and the runtime sklearn-1.5 has 1.5.2" in each
        assert 'make runtime SKLEARN=1.5 WITH="scikit-learn==1.5.0"' in each


def test_more_columns_than_a_table_has_are_told():
    found = unusable(described(feature_count=15_000))
    assert "takes 15,000 columns, and no table can hold its rows: BigQuery allows 10,000" in found


@pytest.mark.parametrize("writer", ["dill", "cloudpickle"])
def test_a_file_of_another_pickler_is_told_which_one_to_use(writer):
    found = load_finding("cannot be loaded: ValueError: bad marshal data", ["sklearn", writer])
    assert f"written by {writer}" in found
    assert "joblib.dump" in found


def test_what_a_process_says_of_its_model_is_a_sentence_already():
    assert load_finding("the model takes too long", []) == "the model takes too long"
    assert load_sentence("needs more memory than a model may take") == (
        "the file needs more memory than a model may take"
    )


def test_any_other_file_that_cannot_be_loaded_has_the_words_of_its_error():
    assert load_finding("cannot be loaded: EOFError: ", ["sklearn"]) == (
        "the file cannot be loaded: EOFError: "
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"feature_count": 3}, "list its 3 columns in metadata.json"),
        ({"feature_count": 1}, "list its 1 column in metadata.json"),
        ({}, "list its columns in metadata.json"),
        ({"takes": "texts", "feature_count": 1}, "takes one column of texts"),
    ],
)
def test_a_model_whose_columns_nothing_names_is_told_so(facts, words):
    (found,) = features_finding(described(**facts), {})
    assert words in found
    assert "until then no prediction works" in found
    assert list(features_finding(described(**facts), {"features": ["a"]})) == []


def test_a_model_that_names_its_columns_needs_no_metadata():
    assert list(features_finding(described(features=("a",)), {})) == []


def test_the_kinds_of_these_examples_are_scikit_learn_s_own():
    kinds = (LogisticRegression, StandardScaler)
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
    assert names == {MODEL.estimator, SCALER.estimator}


def test_features_that_golden_rows_lack_are_named():
    assert missing_golden_rows(["a"], ["b", "a"]) is None
    assert missing_golden_rows(["a", "c"], ["a"]).endswith("lack the features c")
