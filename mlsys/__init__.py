"""What people import in a notebook or a script: publish, predict, query, compare.

    from mlsys import publish, predict, bq_get

A name is imported when it is first asked for, so `import mlsys` alone waits for neither pandas nor
scikit-learn nor Google's clients. No module here has the name of one of these functions: to import
it would put the module in the function's place.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlsys.aliases import set_alias
    from mlsys.bigquery import bq_dry_run, bq_get, bq_put
    from mlsys.comparison import compare
    from mlsys.gateway import predict
    from mlsys.plotting import plots
    from mlsys.publishing import publish
    from mlsys.storage import gcs_get, gcs_get_pickle, gcs_list_blobs, gcs_put, gcs_put_pickle

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
    "aliases": ("set_alias",),
    "bigquery": ("bq_dry_run", "bq_get", "bq_put"),
    "comparison": ("compare",),
    "gateway": ("predict",),
    "plotting": ("plots",),
    "publishing": ("publish",),
    "storage": ("gcs_get", "gcs_get_pickle", "gcs_list_blobs", "gcs_put", "gcs_put_pickle"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

# A checker reads the imports above; to it a misspelled name is to stay one.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A public name, imported now (PEP 562)."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """What completes in an editor: the public names too, though none is imported yet."""
    return sorted({*globals(), *__all__})
