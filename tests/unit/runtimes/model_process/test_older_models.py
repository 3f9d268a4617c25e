"""Models of older releases get what they lack, where it has one possible value."""

import sys
from types import ModuleType

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier

from runtimes.model_process.older_models import complete_older_models


class XGBModel:
    def __init__(self, max_depth=None, feature_types=None, enable_categorical=False, trees=100):
        pass


@pytest.fixture
def xgboost(monkeypatch):
    xgboost = ModuleType("xgboost")
    xgboost.XGBModel = type("XGBModel", (XGBModel,), {})
    monkeypatch.setitem(sys.modules, "xgboost", xgboost)
    return xgboost


@pytest.fixture(autouse=True)
def classes(monkeypatch):
    """Classes of scikit-learn that a test may complete."""
    made = {}
    for parent in (SimpleImputer, KNeighborsClassifier):
        package = ".".join(parent.__module__.split(".")[:2])
        module = ModuleType(package)
        made[parent] = type(parent.__name__, (parent,), {})
        setattr(module, parent.__name__, made[parent])
        monkeypatch.setitem(sys.modules, package, module)
    return made


def test_models_of_xgboost_get_the_parameters_that_were_added_since(xgboost):
    model = xgboost.XGBModel()
    assert not hasattr(model, "feature_types")
    complete_older_models()
    assert (model.feature_types, model.max_depth, model.enable_categorical) == (None, None, False)
    assert not hasattr(model, "trees")  # its default is another


def test_what_a_class_has_already_is_kept(xgboost):
    xgboost.XGBModel.feature_types = "own"
    complete_older_models()
    assert xgboost.XGBModel().feature_types == "own"


def test_without_the_libraries_nothing_is_completed(monkeypatch):
    for name in ("xgboost", "sklearn.impute", "sklearn.neighbors"):
        monkeypatch.setitem(sys.modules, name, None)
    complete_older_models()


@pytest.mark.parametrize(
    ("strategy", "rows"),
    [("most_frequent", [["a"], ["b"], ["a"]]), ("mean", [[1.0], [2.0]]), ("median", [[1], [2]])],
)
def test_an_imputer_of_scikit_learn_1_1_0_knows_whether_it_was_fitted_on_objects(
    classes, strategy, rows
):
    dtype = object if strategy == "most_frequent" else None
    fitted = classes[SimpleImputer](strategy=strategy).fit(np.array(rows, dtype=dtype))
    noted = fitted._fit_dtype
    del fitted._fit_dtype
    complete_older_models()
    complete_older_models()
    assert (fitted._fit_dtype.kind == "O") == (noted.kind == "O")
    fitted._fit_dtype = noted
    assert fitted._fit_dtype is noted


def test_neighbors_of_scikit_learn_0_21_know_their_number(classes):
    model = classes[KNeighborsClassifier](1).fit([[0.0], [1.0]], [0, 1])
    del model.n_samples_fit_
    complete_older_models()
    assert model.n_samples_fit_ == 2
    assert model.predict([[0.9]]).tolist() == [1]
