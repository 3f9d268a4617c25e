"""The Python interface of MLSys: publish, predict, query, compare.

    from mlsys import publish, predict, bq_get

Each name is imported on first use, so `import mlsys` alone does not load pandas, scikit-learn or
Google's clients. No module of this package has the name of an exported function: importing such a
module would replace the function.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs import plots
    from mlsys.bigquery import bq_dry_run, bq_get, bq_put
    from mlsys.gateway import predict
    from mlsys.publishing import publish
    from mlsys.storage import gcs_get, gcs_get_pickle, gcs_list_blobs, gcs_put, gcs_put_pickle
    from mlsys.versions import compare, set_alias

__all__ = [
    "bq_dry_run",
    "bq_get",
    "bq_put",
    "compare",
    "gcs_get",
    "gcs_get_pickle",
    "gcs_list_blobs",
    "gcs_put",
    "gcs_put_pickle",
    "plots",
    "predict",
    "publish",
    "set_alias",
]

_MODULES = {
    "bigquery": ("bq_dry_run", "bq_get", "bq_put"),
    "gateway": ("predict",),
    "publishing": ("publish",),
    "storage": ("gcs_get", "gcs_get_pickle", "gcs_list_blobs", "gcs_put", "gcs_put_pickle"),
    "versions": ("compare", "set_alias"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

# Type checkers read the imports above. They must not see __getattr__, which would hide misspelled
# names from them.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name on first use (PEP 562)."""
        if name == "plots":
            value = _plots()
        elif name in _MODULE_OF:
            value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def _plots() -> object:
    try:
        from jobs import plots  # noqa: PLC0415  (Matplotlib is an optional dependency)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"plots need {error.name}, which comes with the extra: pip install 'mlsys[notebook]'",
            name=error.name,
        ) from error
    return plots


def __dir__() -> list[str]:
    """The names for completion in an editor, including public names that are not imported yet."""
    return sorted({*globals(), *__all__})
