"""How far a regressor's predictions are from the truth."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn import metrics

from jobs.plots.style import BLUE, QUIET, SMALL, VERMILION, dressed


def truth_against_prediction(
    truth: ArrayLike, predicted: ArrayLike, name: str, ax: Axes | None = None
) -> Axes:
    """What was, against what was predicted; a dot a row.

    Args:
        truth: shape (rows,).
        predicted: shape (rows,).
        name: of the target, with its unit.
        ax: where to draw.
    """
    was, said = np.asarray(truth, float), np.asarray(predicted, float)
    title = f"R² {metrics.r2_score(was, said):.2f} on {len(was):,} rows"
    axes = dressed(ax, title, x=f"predicted {name}", y=f"true {name}")
    bounds = [min(was.min(), said.min()), max(was.max(), said.max())]
    axes.plot(bounds, bounds, color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    axes.scatter(said, was, s=22, color=BLUE, alpha=0.55, linewidths=0)
    axes.set_aspect("equal")
    return axes


def residuals(truth: ArrayLike, predicted: ArrayLike, name: str, ax: Axes | None = None) -> Axes:
    """How the errors, truth minus prediction, are distributed; arguments as of the above."""
    errors = np.asarray(truth, float) - np.asarray(predicted, float)
    half = metrics.mean_absolute_error(truth, predicted)
    axes = dressed(ax, f"Mean absolute error {half:.1f}", x=f"error of {name}", y="rows")
    axes.hist(errors, bins="auto", color=BLUE, alpha=0.55, edgecolor="white")
    mean = float(errors.mean())
    axes.axvline(mean, color=VERMILION, linewidth=1.5)
    top = axes.get_ylim()[1]
    axes.set_ylim(top=top * 1.12)
    axes.annotate(
        f"mean {mean:+.1f}".replace("-", "\N{MINUS SIGN}"), (mean, top * 1.05), (5, 0),
        textcoords="offset points", color=VERMILION, fontsize=SMALL,
    )  # fmt: skip
    return axes
