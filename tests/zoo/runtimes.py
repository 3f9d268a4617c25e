"""The runtimes that the zoo is tested in."""

from runtimes.catalog import FOLDER, read_catalog

# The oldest, the newest, each major release of XGBoost and of NumPy.
_BY_DEFAULT = ("sklearn-0.22", "sklearn-1.2", "sklearn-1.5", "sklearn-1.9")


def chosen_runtimes(names: str = "") -> list[str]:
    """Those that are named, with commas between them; all for `all`, a few for none."""
    if names == "all":
        return [each.name for each in read_catalog(FOLDER)]
    return names.split(",") if names else list(_BY_DEFAULT)
