"""Writes the generated part of the name table: `python -m jobs.pickles.generate_names [--check]`.

It lists the classes and functions that fitted estimators of the installed scikit-learn hold. People
review the file's diff when the pinned version of scikit-learn changes; a test fails when it is
stale.
"""

import argparse
import importlib
import sys
from collections.abc import Iterator
from inspect import getmembers, isabstract, isclass
from typing import Any

import numpy as np
import sklearn
from sklearn.experimental import (  # noqa: F401  (their import is their effect)
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.utils import all_estimators

from jobs.pickles.allowed_names import GENERATED

_HEADER = f"""\
# Written by `python -m jobs.pickles.generate_names`; do not edit.
# scikit-learn {sklearn.__version__}, NumPy {np.__version__}
"""

# Modules whose classes are parts of fitted estimators: written in Python, created by NEWOBJ.
_PARTS = {
    "sklearn._loss.link": "a link of a loss",
    "sklearn._loss.loss": "a loss",
    "sklearn.gaussian_process.kernels": "a kernel",
    "sklearn.model_selection._split": "a splitter that a search was given",
    "sklearn.neural_network._stochastic_optimizers": "an optimizer that has finished",
}

# Private classes of other modules.
_PRIVATE_PARTS = {
    "sklearn.calibration:_CalibratedClassifier": "part of CalibratedClassifierCV",
    "sklearn.calibration:_SigmoidCalibration": "part of CalibratedClassifierCV",
    "sklearn.calibration:_TemperatureScaling": "part of CalibratedClassifierCV",
    "sklearn.cluster._bisect_k_means:_BisectingTree": "part of BisectingKMeans",
    "sklearn.cluster._birch:_CFNode": "part of Birch",
    "sklearn.cluster._birch:_CFSubcluster": "part of Birch",
    "sklearn.compose._column_transformer:make_column_selector": "chooses columns",
    "sklearn.ensemble._hist_gradient_boosting.binning:_BinMapper": "part of histogram boosting",
    "sklearn.ensemble._hist_gradient_boosting.predictor:TreePredictor": "a tree; checked",
    "sklearn.gaussian_process._gpc:_BinaryGaussianProcessClassifierLaplace": "part of a classifier",
    "sklearn.impute._iterative:_ImputerTriplet": "part of IterativeImputer",
    "sklearn.metrics._scorer:_CurveScorer": "a scorer that a search was given",
    "sklearn.metrics._scorer:_PassthroughScorer": "a scorer that a search was given",
    "sklearn.metrics._scorer:_Scorer": "a scorer that a search was given",
    "sklearn.multiclass:_ConstantPredictor": "a class that every row had, or none, in one-vs-rest",
    "sklearn.utils._bunch:Bunch": "a dictionary of results",
    "sklearn.utils._metadata_requests:MetadataRequest": "metadata routing",
    "sklearn.utils._metadata_requests:MethodMetadataRequest": "metadata routing",
}

# Compiled classes, which a call creates.
_COMPILED = {
    "sklearn.tree._tree:Tree": "a tree; checked",
}
_COMPILED_MODULES = {
    "sklearn._loss._loss": ("Cy", "the compiled half of a loss"),
    "sklearn.linear_model._sgd_fast": ("", "a loss of stochastic gradient descent"),
}
_NEIGHBORS = {
    "sklearn.neighbors._ball_tree": ("BallTree", "an index of neighbors; checked"),
    "sklearn.neighbors._kd_tree": ("KDTree", "an index of neighbors; checked"),
}
# Distances that hold no array: compiled code trusts the arrays of the others.
_DISTANCES = ("Euclidean", "Manhattan", "Chebyshev", "Minkowski")
_DISTANCE_MODULE = "sklearn.metrics._dist_metrics"


def generated_table() -> str:
    """The content of allowed_names_generated.txt."""
    lines = sorted({*_estimators(), *_parts(), *_compiled(), *_neighbors(), *_scores(), *_numpy()})
    return _HEADER + "\n".join(lines) + "\n"


def _line(uses: str, value: Any, reason: str) -> str:
    return f"{uses} {value.__module__}:{value.__qualname__}  # {reason}"


def _estimators() -> Iterator[str]:
    for _, estimator in all_estimators():
        yield _line("new", estimator, "estimator")


def _classes_of(module: str) -> Iterator[Any]:
    for name, value in getmembers(importlib.import_module(module), isclass):
        if value.__module__ == module and not isabstract(value) and not name.endswith("Mixin"):
            yield value


def _parts() -> Iterator[str]:
    for module, reason in _PARTS.items():
        for part in _classes_of(module):
            yield _line("new", part, reason)
    for key, reason in _PRIVATE_PARTS.items():
        yield f"new {_existing(key)}  # {reason}"


def _existing(key: str) -> str:
    module, _, name = key.partition(":")
    getattr(importlib.import_module(module), name)
    return key


def _compiled() -> Iterator[str]:
    for key, reason in _COMPILED.items():
        yield f"call {_existing(key)}  # {reason}"
    for module, (prefix, reason) in _COMPILED_MODULES.items():
        for part in _classes_of(module):
            if part.__name__.startswith(prefix):
                yield _line("call", part, reason)
        unpicklers = (n for n in dir(importlib.import_module(module)) if _is_unpickler(n))
        for name in unpicklers:
            yield f"call {module}:{name}  # makes {reason}"


def _is_unpickler(name: str) -> bool:
    return name.startswith("__pyx_unpickle_Cy")


def _neighbors() -> Iterator[str]:
    for module, (prefix, reason) in _NEIGHBORS.items():
        yield f"call {module}:newObj  # begins {reason}"
        for part in _classes_of(module):
            if part.__name__ == prefix:
                yield _line("refer", part, reason)
    yield f"call {_DISTANCE_MODULE}:newObj  # begins a distance"
    for distance in _DISTANCES:
        yield f"refer {_existing(f'{_DISTANCE_MODULE}:{distance}Distance64')}  # a distance"


def _scores() -> Iterator[str]:
    for name in get_scorer_names():
        yield _line("refer", get_scorer(name)._score_func, "the score of a scorer")


def _numpy() -> Iterator[str]:
    for name, value in getmembers(np):
        if isinstance(value, np.ufunc):
            for module in ("numpy", "numpy._core._multiarray_umath"):
                yield f"refer {module}:{name}  # a function of numbers, for FunctionTransformer"
        elif isclass(value) and issubclass(value, np.generic) and value is not np.object_:
            yield _line("refer", value, "a type of numbers or texts")


def main(arguments: list[str]) -> int:
    """Write the file, or with --check compare it; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m jobs.pickles.generate_names", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when it is stale")
    if not parser.parse_args(arguments).check:
        GENERATED.write_text(generated_table(), "utf-8")
        return 0
    return int(GENERATED.read_text("utf-8") != generated_table())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
