"""Models of XGBoost, LightGBM and CatBoost, with and without scikit-learn around them."""

import catboost
import lightgbm
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from . import tables
from .kinds import FLOWERS, GAPPY_FLOWERS, NUMBERS, PASSENGERS, SKLEARN, TEXTS, kind

_XGBOOST = tuple(map(int, xgboost.__version__.split(".")[:2]))
_QUIET = {"verbose": False, "allow_writing_files": False, "thread_count": 2, "random_seed": 0}
_ROUNDS = 8
_CATEGORIES = tables.passengers_in_categories


def _species(target):
    return target.map({"setosa": 0, "versicolor": 1, "virginica": 2})


# XGBoost


@kind(GAPPY_FLOWERS, "tall")
def xgb_classifier(rows, target):
    return xgboost.XGBClassifier(n_estimators=_ROUNDS, max_depth=3).fit(rows, target)


@kind(PASSENGERS, "Survived", features=[*NUMBERS, "Alone"])
def xgb_classifier_of_integers_and_truth_values(rows, target):
    return xgboost.XGBClassifier(n_estimators=_ROUNDS, max_depth=3).fit(rows, target)


@kind(GAPPY_FLOWERS, "grade", hand="array")
def xgb_classifier_of_a_plain_array(rows, target):
    return xgboost.XGBClassifier(n_estimators=_ROUNDS, max_depth=3).fit(rows, target)


@kind(GAPPY_FLOWERS, "weight")
def xgb_regressor(rows, target):
    return xgboost.XGBRegressor(n_estimators=_ROUNDS, max_depth=3).fit(rows, target)


# Before 0.24 a model of several outputs and an encoder refused missing values.
@kind(GAPPY_FLOWERS, ["weight", "height"], where=SKLEARN >= (0, 24))
def xgb_regressor_of_several_outputs(rows, target):
    model = MultiOutputRegressor(xgboost.XGBRegressor(n_estimators=4, max_depth=3))
    return model.fit(rows, target)


@kind(FLOWERS, "grade")
def xgb_in_a_search(rows, target):
    model = xgboost.XGBClassifier(n_estimators=_ROUNDS)
    return GridSearchCV(model, {"max_depth": [2, 3]}, cv=2).fit(rows, target)


@kind(PASSENGERS, "Alive", features=[*NUMBERS, *TEXTS, "Alone"], where=SKLEARN >= (0, 24))
def xgb_in_a_pipeline(rows, target):
    encoder = OneHotEncoder(handle_unknown="ignore")
    transformer = make_column_transformer((encoder, TEXTS), remainder="passthrough")
    model = xgboost.XGBClassifier(n_estimators=_ROUNDS, max_depth=3)
    return make_pipeline(transformer, model).fit(rows, target.astype(int))


def _ask_xgboost(model, rows):
    return model.predict(xgboost.DMatrix(rows))


@kind(GAPPY_FLOWERS, "tall", ask=_ask_xgboost)
def xgboost_booster(rows, target):
    options = {"objective": "binary:logistic", "max_depth": 3}
    return xgboost.train(options, xgboost.DMatrix(rows, target), _ROUNDS)


@kind(GAPPY_FLOWERS, "species", ask=_ask_xgboost, outputs=["setosa", "versicolor", "virginica"])
def xgboost_booster_of_several_classes(rows, target):
    options = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3}
    return xgboost.train(options, xgboost.DMatrix(rows, _species(target)), _ROUNDS)


@kind(FLOWERS, "weight", hand="array", ask=_ask_xgboost)
def xgboost_booster_of_a_plain_array(rows, target):
    options = {"objective": "reg:squarederror", "max_depth": 3}
    return xgboost.train(options, xgboost.DMatrix(rows, target), _ROUNDS)


@kind(FLOWERS, ["weight", "height"], where=_XGBOOST >= (1, 6))
def xgb_regressor_of_a_matrix(rows, target):
    return xgboost.XGBRegressor(n_estimators=_ROUNDS, max_depth=3).fit(rows, target)


@kind(_CATEGORIES, "Survived", features=NUMBERS + TEXTS, where=_XGBOOST >= (3, 1))
def xgb_classifier_of_categories(rows, target):
    # Since 3.1 a booster knows its categories; before, their numbers were those of the frame.
    model = xgboost.XGBClassifier(
        n_estimators=_ROUNDS, max_depth=3, tree_method="hist", enable_categorical=True
    )
    return model.fit(rows, target)


# LightGBM


def _lightgbm(kind_of_model, **options):
    return kind_of_model(
        n_estimators=_ROUNDS, num_leaves=7, min_child_samples=5, random_state=0, **options
    )


@kind(GAPPY_FLOWERS, "species")
def lgbm_classifier(rows, target):
    return _lightgbm(lightgbm.LGBMClassifier).fit(rows, target)


@kind(PASSENGERS, "Alive", features=[*NUMBERS, "Alone"])
def lgbm_classifier_of_integers_and_truth_values(rows, target):
    return _lightgbm(lightgbm.LGBMClassifier).fit(rows, target)


@kind(GAPPY_FLOWERS, "weight", hand="array")
def lgbm_regressor_of_a_plain_array(rows, target):
    return _lightgbm(lightgbm.LGBMRegressor).fit(rows, target)


@kind(PASSENGERS, "Price", features=NUMBERS)
def lgbm_regressor(rows, target):
    return _lightgbm(lightgbm.LGBMRegressor).fit(rows, target)


@kind(_CATEGORIES, "Alive", features=NUMBERS + TEXTS)
def lgbm_classifier_of_categories(rows, target):
    return _lightgbm(lightgbm.LGBMClassifier).fit(rows, target)


def _ask_lightgbm(model, rows):
    return model.predict(rows)


_LIGHTGBM = {"num_leaves": 7, "min_data_in_leaf": 5, "verbose": -1, "num_threads": 2}


@kind(GAPPY_FLOWERS, "tall", ask=_ask_lightgbm)
def lightgbm_booster(rows, target):
    options = {**_LIGHTGBM, "objective": "binary"}
    return lightgbm.train(options, lightgbm.Dataset(rows, target), _ROUNDS)


@kind(_CATEGORIES, "Survived", features=NUMBERS + TEXTS, ask=_ask_lightgbm)
def lightgbm_booster_of_categories(rows, target):
    options = {**_LIGHTGBM, "objective": "binary"}
    return lightgbm.train(options, lightgbm.Dataset(rows, target), _ROUNDS)


@kind(FLOWERS, "kind")
def lgbm_in_a_calibration(rows, target):
    model = _lightgbm(lightgbm.LGBMClassifier)
    return CalibratedClassifierCV(model, cv=2).fit(rows, target)


@kind(FLOWERS, "species")
def boosters_in_a_stack(rows, target):
    members = [
        ("xgb", xgboost.XGBClassifier(n_estimators=4, max_depth=2)),
        ("lgbm", _lightgbm(lightgbm.LGBMClassifier)),
    ]
    return StackingClassifier(members, LogisticRegression(), cv=2).fit(rows, target)


# CatBoost


@kind(GAPPY_FLOWERS, "species")
def catboost_classifier(rows, target):
    return catboost.CatBoostClassifier(iterations=_ROUNDS, depth=3, **_QUIET).fit(rows, target)


@kind(FLOWERS, "rare")
def catboost_classifier_of_truth_values(rows, target):
    return catboost.CatBoostClassifier(iterations=_ROUNDS, depth=3, **_QUIET).fit(rows, target)


@kind(FLOWERS, "kind")
def catboost_classifier_of_ordered_classes(rows, target):
    options = {**_QUIET, "class_names": ["b", "a"]}
    return catboost.CatBoostClassifier(iterations=_ROUNDS, depth=3, **options).fit(rows, target)


@kind(GAPPY_FLOWERS, "grade", hand="array")
def catboost_classifier_of_a_plain_array(rows, target):
    return catboost.CatBoostClassifier(iterations=_ROUNDS, depth=3, **_QUIET).fit(rows, target)


@kind(GAPPY_FLOWERS, "weight")
def catboost_regressor(rows, target):
    return catboost.CatBoostRegressor(iterations=_ROUNDS, depth=3, **_QUIET).fit(rows, target)


@kind(FLOWERS, ["weight", "height"])
def catboost_regressor_of_several_outputs(rows, target):
    options = {**_QUIET, "loss_function": "MultiRMSE"}
    return catboost.CatBoostRegressor(iterations=_ROUNDS, depth=3, **options).fit(rows, target)


@kind(PASSENGERS, "Deck", features=["Age", "Fare", "SibSp", "Sex", "Alone"])
def catboost_classifier_of_categories(rows, target):
    options = {**_QUIET, "cat_features": ["SibSp", "Sex", "Alone"]}
    return catboost.CatBoostClassifier(iterations=_ROUNDS, depth=3, **options).fit(rows, target)
