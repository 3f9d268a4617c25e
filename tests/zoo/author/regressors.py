"""Models that predict numbers: of regressions, of clusters, of outliers."""

import numpy as np
from sklearn import linear_model
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.cross_decomposition import PLSRegression
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestRegressor,
    StackingRegressor,
)
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import RandomizedSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVR

from . import histogram
from .kinds import FLOWERS, GAPPY_FLOWERS, SKLEARN, kind


@kind(FLOWERS, "weight")
def linear_regression(rows, target):
    return LinearRegression().fit(rows, target)


@kind(FLOWERS, "weight")
def regression_of_a_matrix_of_one_column(rows, target):
    return LinearRegression().fit(rows, target.to_numpy().reshape(-1, 1))


@kind(FLOWERS, "weight")
def partial_least_squares(rows, target):
    return PLSRegression(2).fit(rows, target)


@kind(FLOWERS, "weight")
def polynomial_regression(rows, target):
    return make_pipeline(PolynomialFeatures(2), StandardScaler(), Ridge()).fit(rows, target)


# Before 1.0 no model knows whether it was fitted on an array, so it is asked with a frame, in which
# a column's numbers lie together: a product of matrices then has other last bits.
@kind(FLOWERS, "weight", hand="array", where=SKLEARN >= (1, 0))
def elastic_net_of_a_plain_array(rows, target):
    return ElasticNet().fit(rows, target)


@kind(FLOWERS, "tall", where=SKLEARN >= (0, 23))
def poisson_regression(rows, target):
    return make_pipeline(StandardScaler(), linear_model.PoissonRegressor()).fit(rows, target)


@kind(FLOWERS, "weight")
def random_forest_regressor(rows, target):
    return RandomForestRegressor(20, random_state=0).fit(rows, target)


@kind(FLOWERS, ["weight", "height"])
def extra_trees_of_several_outputs(rows, target):
    return ExtraTreesRegressor(5, random_state=0).fit(rows, target)


@kind(FLOWERS, "weight")
def gradient_boosting_regressor(rows, target):
    return GradientBoostingRegressor(n_estimators=10, random_state=0).fit(rows, target)


@kind(GAPPY_FLOWERS, "weight")
def hist_gradient_boosting_regressor(rows, target):
    return histogram.HistGradientBoostingRegressor(max_iter=20, random_state=0).fit(rows, target)


@kind(FLOWERS, "weight")
def support_vector_regressor(rows, target):
    return make_pipeline(StandardScaler(), SVR()).fit(rows, target)


@kind(FLOWERS, "height")
def k_nearest_neighbors_regressor(rows, target):
    return KNeighborsRegressor(3).fit(rows, target)


@kind(FLOWERS, "height")
def multilayer_perceptron_regressor(rows, target):
    return make_pipeline(
        StandardScaler(), MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=0)
    ).fit(rows, target)


@kind(FLOWERS, "weight")
def stacking_regressor(rows, target):
    members = [("forest", RandomForestRegressor(5, random_state=0)), ("ridge", Ridge())]
    return StackingRegressor(members, Ridge(), cv=2).fit(rows, target)


@kind(FLOWERS, "weight")
def transformed_target(rows, target):
    model = TransformedTargetRegressor(Ridge(), func=np.arcsinh, inverse_func=np.sinh)
    return model.fit(rows, target)


@kind(FLOWERS, ["weight", "height"])
def several_numbers(rows, target):
    model = MultiOutputRegressor(GradientBoostingRegressor(n_estimators=5, random_state=0))
    return model.fit(rows, target)


@kind(FLOWERS, "weight")
def randomized_search(rows, target):
    search = RandomizedSearchCV(
        make_pipeline(StandardScaler(), Ridge()),
        {"ridge__alpha": [0.1, 1.0, 10.0]},
        n_iter=2,
        cv=2,
        random_state=0,
    )
    return search.fit(rows, target)


@kind(FLOWERS, "cluster")
def k_means(rows, _):
    return make_pipeline(StandardScaler(), KMeans(3, n_init=2, random_state=0)).fit(rows)


@kind(FLOWERS, "component")
def gaussian_mixture(rows, _):
    return GaussianMixture(2, random_state=0).fit(rows)


@kind(FLOWERS, "outlier")
def isolation_forest(rows, _):
    return IsolationForest(n_estimators=20, random_state=0).fit(rows)
