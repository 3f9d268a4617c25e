"""Models of several outputs: a column each, with the estimator's own answers."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from shared.errors import FailedPrecondition
from shared.tables.output_schema import PROBABILITY
from tests.unit.runtimes.model_process.equality.tables import (
    encoded,
    frame,
    labels,
    sample,
    scored,
    target,
)

REGRESSORS = [
    MultiOutputRegressor(LinearRegression()),
    RegressorChain(LinearRegression()),
    LinearRegression(),
    MLPRegressor(hidden_layer_sizes=(4,), max_iter=5, random_state=0),
    RandomForestRegressor(5, random_state=0),
]
CLASSIFIERS = [
    DecisionTreeClassifier(max_depth=4),
    KNeighborsClassifier(),
    MultiOutputClassifier(LogisticRegression()),
    RandomForestClassifier(5, random_state=0),
]
NAMES = ("prediction_1", "prediction_2")


def numbers():
    return np.column_stack([target(), -target()])


def fitted(estimator, wanted):
    return make_pipeline(encoded(), estimator).fit(frame(sample()), wanted)


def answer(model, **options):
    with threadpool_limits(1):
        return scored(model, sample(), rows=128, **options)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("estimator", REGRESSORS, ids=lambda each: type(each).__name__)
def test_each_number_has_a_column(estimator):
    model = fitted(estimator, numbers())
    output = answer(model)
    for name, expected in zip(NAMES, model.predict(frame(sample())).T, strict=True):
        np.testing.assert_allclose(output[name].to_numpy(), expected, rtol=1e-12)
    assert PROBABILITY not in output.column_names


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=lambda each: type(each).__name__)
def test_each_label_has_a_column_and_a_probability(estimator):
    model = fitted(estimator, np.column_stack([labels([0, 1]), labels([5, 6, 7])]))
    output = answer(model)
    matrices = model.predict_proba(frame(sample()))
    for place, name in enumerate(NAMES):
        expected = model.predict(frame(sample()))[:, place]
        assert output[name].to_pylist() == expected.tolist()
        of_interest = matrices[place][:, 1] if place == 0 else matrices[place].max(axis=1)
        probabilities = output[f"{PROBABILITY}_{name}"].to_numpy()
        np.testing.assert_allclose(probabilities, of_interest, rtol=1e-12)


def test_a_chain_gives_the_probabilities_of_its_positive_classes():
    both = np.column_stack([labels([0, 1]), labels([1, 0])])
    model = fitted(ClassifierChain(LogisticRegression()), both)
    output = answer(model)
    for name, expected in zip(NAMES, model.predict_proba(frame(sample())).T, strict=True):
        probabilities = output[f"{PROBABILITY}_{name}"].to_numpy()
        np.testing.assert_allclose(probabilities, expected, rtol=1e-12)


def test_the_metadata_names_the_outputs():
    model = fitted(LinearRegression(), numbers())
    output = answer(model, metadata={"targets": ["up", "down"]})
    assert {"up", "down"} <= set(output.column_names)
    assert not set(NAMES) & set(output.column_names)


def test_another_number_of_names_is_refused():
    model = fitted(DecisionTreeClassifier(), np.column_stack([labels([0, 1])] * 2))
    with pytest.raises(FailedPrecondition, match=r"names 1 targets .* predicts 2 outputs"):
        answer(model, metadata={"targets": ["only"]})


def test_a_regressor_that_does_not_tell_its_outputs_is_told_by_the_metadata():
    model = fitted(KernelRidge(), numbers())
    with pytest.raises(
        FailedPrecondition, match=r'name each output in metadata\.json, as "targets"'
    ):
        answer(model)
    assert answer(model, metadata={"targets": ["up", "down"]}).num_rows == sample().num_rows
