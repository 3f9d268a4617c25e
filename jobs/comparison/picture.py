"""A comparison as a picture. Needs matplotlib, which the notebooks have and the images have not."""

from pathlib import Path

import numpy as np

from jobs.comparison.report import Comparison
from jobs.comparison.tally import metrics
from shared.errors import FailedPrecondition, InvalidArgument


def draw(found: Comparison, path: Path) -> None:
    """Draw what both models say of the same rows, and their metrics where the truth is known.

    Raises:
        FailedPrecondition: when matplotlib is not installed, or there is nothing to draw.
        InvalidArgument: when the file cannot be written, or not in that form.
    """
    try:
        from jobs import plots  # noqa: PLC0415  (nothing but a picture needs it)
    except ModuleNotFoundError as error:
        raise FailedPrecondition(
            "a picture needs matplotlib, which is not installed here: run it where the notebooks "
            "run, or leave --picture out",
            reason="NO_MATPLOTLIB",
        ) from error
    if not found.tally.scatter_sample:
        raise FailedPrecondition("there are no rows to draw", reason="NO_ROWS")
    beside = metrics(found.tally)
    axes = plots.panels(2 if beside else 1)
    pair, (a, b) = found.tally.pair, np.array(found.tally.scatter_sample).T
    if pair.has_probabilities and not _has_many_classes(found):
        plots.agreement(a.astype(float), b.astype(float), names=found.names, ax=axes[0])
    elif pair.is_classifier:
        plots.confusion_matrix(*_labels(found), ax=axes[0], axes_names=found.names)
    else:
        plots.truth_against_prediction(b, a, pair.target, ax=axes[0])
        axes[0].set_title(f"{pair.target} by both, {len(a):,} rows", loc="left")
        axes[0].set(xlabel=f"by {found.names[0]}", ylabel=f"by {found.names[1]}")
    if beside:
        plots.metrics_beside(dict(beside), names=found.names, ax=axes[1])
    try:
        axes[0].get_figure(root=True).savefig(path)  # type: ignore[union-attr]  # it has one
    except (OSError, ValueError) as error:
        raise InvalidArgument(f"--picture={path} cannot be written: {error}") from error


def _has_many_classes(found: Comparison) -> bool:
    return len(getattr(found.tally.pair.models[0].estimator, "classes_", ())) > 2  # noqa: PLR2004


def _labels(found: Comparison) -> tuple[list[str], list[str]]:
    pairs = list(found.tally.pairs.elements())
    return [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
