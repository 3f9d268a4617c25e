"""What somebody can do about a name that models may not use."""

import sys

from jobs.pickles.names import Global

_BY_ROOT = {
    "__main__": "it is defined in a notebook or a script, which is not here: move it to a module "
    "that the image carries, and let the operator allow its name",
    "scipy.stats": "dump search.best_estimator_ instead of the search",
    "cloudpickle": "lambdas and functions of a notebook are code: use NumPy's functions, or a "
    "module that the image carries",
    "sklearn": "the scikit-learn of this image has no such estimator, or it is no part of a model",
}
_PYTHON = "no model needs it"
_DEFAULT = (
    "models may not; if it is your own code and the image carries it, "
    "let the operator add it to MLSYS_ALLOWED_PICKLE_NAMES"
)


def advice(name: Global) -> str:
    """What to do about a name, to follow its finding."""
    for root, words in _BY_ROOT.items():
        if name.module == root or name.module.startswith(f"{root}."):
            return f": {words}"
    is_python = name.module.partition(".")[0] in sys.stdlib_module_names
    return f": {_PYTHON if is_python else _DEFAULT}"
