"""What to do about a package that a runtime lacks. Pure."""

import re

# People paste the command that a finding names into a shell, and a model chooses the module.
_MODULE = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
# Packages whose objects are no estimators: none has predict(rows) as scikit-learn's have it.
OTHER_FRAMEWORKS = frozenset(
    {
        "fastai",
        "flair",
        "gensim",
        "jax",
        "keras",
        "nltk",
        "paddle",
        "spacy",
        "tensorflow",
        "tf_keras",
        "torch",
        "torchvision",
        "transformers",
    }
)
_CUSTOM_CLASS = "docs/add-a-custom-class.md"
# Packages of estimators, by the module that a file names; the name to install, where it is another.
_ESTIMATORS = {
    "boruta": "Boruta",
    "econml": "econml",
    "feature_engine": "feature-engine",
    "hdbscan": "hdbscan",
    "imodels": "imodels",
    "interpret": "interpret-core",
    "kmodes": "kmodes",
    "lifelines": "lifelines",
    "lightfm": "lightfm",
    "mapie": "mapie",
    "mlxtend": "mlxtend",
    "ngboost": "ngboost",
    "optbinning": "optbinning",
    "pycaret": "pycaret",
    "pyod": "pyod",
    "sklearn_crfsuite": "sklearn-crfsuite",
    "sklearn_pandas": "sklearn-pandas",
    "skopt": "scikit-optimize",
    "sksurv": "scikit-survival",
    "sktime": "sktime",
    "statsmodels": "statsmodels",
    "tpot": "TPOT",
    "tslearn": "tslearn",
    "umap": "umap-learn",
}


def missing_package(module: str, runtime: str, minor: str) -> str:
    """The finding about a module that a runtime lacks.

    Args:
        module: at the top level, e.g. "mlxtend".
        runtime: its name.
        minor: of the runtime's scikit-learn.
    """
    if module == "__main__":
        return (
            "the file names classes or functions of the script or notebook that trained it: "
            f"{MOVE_TO_A_PACKAGE}"
        )
    if module in OTHER_FRAMEWORKS:
        return f"the file needs {module}: {no_estimator(module)}"
    if not _MODULE.fullmatch(module):
        return f"the file needs the package {module}, which is no name of a package"
    needs = f"the file needs the package {module}, which the runtime {runtime} lacks: "
    command = f'make runtime SKLEARN={minor} WITH="{_ESTIMATORS.get(module, module)}"'
    if module in _ESTIMATORS:
        return (
            f"{needs}the operator adds it with {command}, commits {runtime} and deploys; then "
            "mlsys reconcile --env=dev --again looks at the model again"
        )
    return (
        f"{needs}if {module} is its author's own module, build a wheel of it and add it to the "
        f"runtime ({_CUSTOM_CLASS}); if its author has installed it, the operator adds what it was "
        f"installed from, by exactly that name and version: {command} if it is called so"
    )


def no_estimator(framework: str) -> str:
    """What to do with an object of a framework that is no scikit-learn."""
    return (
        f"MLSys scores estimators of scikit-learn's kind, and an object of {framework} is not one; "
        "if it is a model, wrap it in a class of your own with predict, and add its package to the "
        f"runtime ({_CUSTOM_CLASS})"
    )


MOVE_TO_A_PACKAGE = (
    "move that to a package, import it from there, fit and dump the model again, and let the "
    f"operator add the package to the runtime ({_CUSTOM_CLASS})"
)
