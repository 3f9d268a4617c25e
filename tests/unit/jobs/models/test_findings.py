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
    missing_package,
    not_a_pickle,
    unusable,
)

MODEL = Part("model", "sklearn.linear_model._logistic.LogisticRegression", True, False)
SCALER = Part("scaler", "sklearn.preprocessing._data.StandardScaler", False, True)
NAMES = Part("columns", "builtins.list", False, False)


def described(estimator="mine.Model", **facts):
    return ModelDescription(**{"estimator": estimator, "predicts": True, "is_class": False} | facts)


def holding(*parts, kind="builtins.dict"):
    return described(kind, predicts=False, parts=parts)


def test_alarming_names_are_listed_up_to_ten():
    assert alarming_finding(["os.system"]).startswith("it names os.system, which no model needs: ")
    listed = alarming_finding([f"os.f{number}" for number in range(11)])
    assert "os.f9, …" in listed
    assert "os.f10" not in listed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"learner": {}}', "is JSON, and no pickle of a model: if it is an XGBoost model"),
        (b"CBM1\x00", "is a CatBoost model file, and no pickle"),
        (b"tree\nversion=v4", "lightgbm.Booster(model_file=path), then joblib.dump"),
        (b"PK\x03\x04", "is a zip archive, e.g. of Keras or PyTorch, and no pickle of a model"),
        (b"\x89HDF\r\n", "is HDF5"),
        (b"version https://git-lfs.github.com/spec/v1", "is a pointer of Git LFS"),
    ],
)
def test_a_file_of_another_format_is_named(content, words):
    assert words in not_a_pickle(content)


@pytest.mark.parametrize("content", [b"\x80\x04.", b"", b"x\x9c", b"(dp0\n."])
def test_what_may_be_a_pickle_is_not_judged_by_its_first_bytes(content):
    assert not_a_pickle(content) is None


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
        ("keras.src.models.Sequential", "models of keras are not scored here"),
        ("torch.nn.modules.linear.Linear", "models of torch are not scored here"),
        ("nltk.classify.naivebayes.NaiveBayesClassifier", "wrap it in a class of a package"),
    ],
)
def test_an_object_without_predict_is_told_what_to_do(estimator, words):
    assert words in unusable(described(estimator, predicts=False))


@pytest.mark.parametrize(
    ("parts", "advice"),
    [
        ((SCALER, MODEL), "Pipeline of both, e.g. make_pipeline(it['scaler'], it['model'])"),
        ((NAMES, MODEL), "dump the model alone: joblib.dump(it['model'], 'model.pkl')"),
        ((MODEL, MODEL), "dump each model into a model.pkl of its own"),
        ((NAMES,), "dump the fitted model itself"),
        ((), "the file holds an empty dict: dump the fitted model itself"),
    ],
)
def test_a_dictionary_of_parts_is_told_how_to_make_a_model_of_them(parts, advice):
    found = unusable(holding(*parts))
    assert found.endswith(advice)


def test_the_parts_are_named_as_their_author_reaches_them():
    numbered = Part("1", MODEL.estimator, predicts=True, transforms=False)
    found = unusable(holding(numbered, kind="builtins.list"))
    assert "a list around its parts (its '1' is a LogisticRegression)" in found
    assert found.endswith("joblib.dump(it[1], 'model.pkl')")


def test_a_dictionary_that_predicts_is_a_model():
    assert unusable(described("sklearn.utils._bunch.Bunch", parts=(MODEL,))) is None


def test_a_missing_package_is_the_operator_s_to_add():
    found = missing_package("lifelines", "sklearn-1.5", "1.5")
    assert "needs the package lifelines, which the runtime sklearn-1.5 has not" in found
    assert 'make runtime SKLEARN=1.5 WITH="lifelines"' in found


def test_what_a_notebook_defined_belongs_into_a_package():
    assert "script or notebook" in missing_package("__main__", "sklearn-1.5", "1.5")
    found = load_finding("cannot be loaded: AttributeError: 'Clip' of '__main__'", [])
    assert found.startswith("the file cannot be loaded: AttributeError")
    assert "move it to a package" in found


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


@pytest.mark.parametrize("package", ["$(touch${IFS}x)", "`x`", 'a"b', "a b", "x" * 101, ""])
def test_a_name_that_is_no_package_stands_in_no_command(package):
    assert "make runtime" not in missing_package(package, "sklearn-1.5", "1.5")


def test_features_that_golden_rows_lack_are_named():
    assert missing_golden_rows(["a"], ["b", "a"]) is None
    assert missing_golden_rows(["a", "c"], ["a"]).endswith("lack the features c")
