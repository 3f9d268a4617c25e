"""The list of runtimes that a person reads."""

from collections.abc import Iterable
from pathlib import Path

from runtimes.catalog import DEFAULT_RUNTIME, Runtime
from runtimes.installation import installed_megabytes, is_installed

# The columns for packages, by name: those whose versions decide whether a model loads.
COLUMNS = {
    "scikit-learn": "scikit-learn",
    "numpy": "NumPy",
    "pandas": "pandas",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
}


def listing(catalog: Iterable[Runtime], root: Path, folder: Path) -> str:
    """A table with a line for each runtime, with its size where it is installed.

    Args:
        catalog: the runtimes.
        root: the folder in which runtimes are installed.
        folder: the folder of the definitions.
    """
    rows = [["runtime", "Python", *COLUMNS.values(), "MB"]]
    for each in catalog:
        installed = is_installed(each.name, root, folder)
        size = str(installed_megabytes(each.name, root)) if installed else "-"
        versions = (each.versions.get(name, "-") for name in COLUMNS)
        rows.append([each.name, each.python, *versions, size])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join([*lines, f"{DEFAULT_RUNTIME} is the default. MB: installed in {root}."])
