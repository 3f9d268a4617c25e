"""Hostile models made of allowed names only: honest objects whose state was altered afterwards."""

from tests.unit.jobs.pickles.altered import (
    chances,
    composing,
    dispatching,
    encoding,
    endless,
    hiding,
    histograms,
    matrices,
    neighbors,
    opening,
    reading,
    trees,
)
from tests.unit.jobs.pickles.altered.models import dumped

KINDS = {
    "dispatch": dispatching,
    "composition": composing,
    "hidden": hiding,
    "sparse": matrices,
    "tree": trees,
    "histogram": histograms,
    "neighbors": neighbors,
    "encoder": encoding,
    "memory": reading,
    "endless": endless,
    "file": opening,
    "random": chances,
}


def attacks(folder):
    """Each attack as (name, bytes of a model.pkl); the name begins with its kind.

    Args:
        folder: what an attack writes, it writes below this folder.
    """
    for kind, module in KINDS.items():
        for name, model in module.attacks(folder):
            yield f"{kind}: {name}", model if isinstance(model, bytes) else dumped(model)
