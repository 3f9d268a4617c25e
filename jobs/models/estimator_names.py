"""Names of estimators as people read them. Pure."""


def short_name(name: str) -> str:
    """The class without its module: "SVC" for "sklearn.svm._classes.SVC"."""
    return name.rpartition(".")[2]
