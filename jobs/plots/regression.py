"""Plots of a regressor's predictions and errors."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn import metrics

from jobs.plots.style import BLUE, GREY, SMALL, VERMILION, styled


def truth_against_prediction(
    truth: ArrayLike, predicted: ArrayLike, name: str, ax: Axes | None = None
) -> Axes:
    """True against predicted values; a dot per row.

    Args:
        truth: shape (rows,).
        predicted: shape (rows,).
        name: the name of the target, with its unit.
        ax: the Axes to draw into; default: a new figure.
    """
    actual, estimated = np.asarray(truth, float), np.asarray(predicted, float)
    title = f"R² {metrics.r2_score(actual, estimated):.2f} on {len(actual):,} rows"
    axes = styled(ax, title, x=f"predicted {name}", y=f"true {name}")
    bounds = [min(actual.min(), estimated.min()), max(actual.max(), estimated.max())]
    axes.plot(bounds, bounds, color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    axes.scatter(estimated, actual, s=22, color=BLUE, alpha=0.55, linewidths=0)
    axes.set_aspect("equal")
    return axes


def residuals(truth: ArrayLike, predicted: ArrayLike, name: str, ax: Axes | None = None) -> Axes:
    """The distribution of the errors, truth minus prediction.

    The arguments are those of `truth_against_prediction`.
    """
    errors = np.asarray(truth, float) - np.asarray(predicted, float)
    mean_absolute = metrics.mean_absolute_error(truth, predicted)
    axes = styled(ax, f"Mean absolute error {mean_absolute:.1f}", x=f"error of {name}", y="rows")
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
