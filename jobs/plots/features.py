"""Plots of features: their importance, their drift and their distributions."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from jobs.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LABEL,
    ORANGE,
    SMALL,
    VERMILION,
    annotate,
    format_as_percent,
    styled,
)

# The usual thresholds of the index: Siddiqi, Credit Risk Scorecards (2006), 137.
_SLIGHT, _STRONG = 0.1, 0.25
_ROW_INCHES, _MARGIN_INCHES = 0.36, 1.2


def feature_importance(
    names: Sequence[str], drops: ArrayLike, ax: Axes | None = None, *, metric: str = "accuracy"
) -> Axes:
    """The loss of a metric when a feature is shuffled: a dot per shuffle, a bar for the mean.

    Args:
        names: the names of the features.
        drops: shape (features, shuffles): `permutation_importance(…).importances`.
        ax: the Axes to draw into; default: a new figure.
        metric: the name of the metric.
    """
    losses = np.asarray(drops, float)
    order = np.argsort(losses.mean(axis=1))
    title = f"What the model loses without each feature, {losses.shape[1]} shuffles"
    axes = styled(ax, title, x=f"loss of {metric}", y="", height=_height(len(names)))
    axes.barh(range(len(order)), losses.mean(axis=1)[order], color=BLUE, alpha=0.35, height=0.62)
    for row, feature in enumerate(order):
        axes.plot(
            losses[feature], np.full(losses.shape[1], row), "o", color=BLUE, markersize=4, alpha=0.7
        )
    _name_rows(axes, [names[feature] for feature in order])
    axes.axvline(0, color=GREY, linewidth=1)
    return axes


def drift(names: Sequence[str], indices: ArrayLike, ax: Axes | None = None) -> Axes:
    """The population stability index of each feature, between training rows and scored rows.

    Args:
        names: the names of the features.
        indices: shape (features,); 0 is no drift, above 0.25 is strong drift.
        ax: the Axes to draw into; default: a new figure.
    """
    values = np.asarray(indices, float)
    order = np.argsort(values)
    axes = styled(
        ax, "Drift of the input", x="population stability index", y="", height=_height(len(names))
    )
    axes.hlines(range(len(order)), 0, values[order], color=GREY, linewidth=1.2)
    axes.scatter(
        values[order],
        range(len(order)),
        s=60,
        zorder=3,
        color=_colors(values[order]),
        clip_on=False,
    )
    for row, value in enumerate(values[order]):
        axes.annotate(
            f"{value:.2f}", (value, row), (8, 0), textcoords="offset points", va="center",
            fontsize=SMALL, color=BLACK, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axes.set_xlim(0, max(float(values.max()) * 1.12, _STRONG * 1.25))
    # At different heights, because beside a large index the two thresholds are close.
    for row, (bound, label) in enumerate(((_STRONG, "strong"), (_SLIGHT, "some"))):
        axes.axvline(bound, color=GREY, linewidth=1, linestyle=(0, (4, 4)), zorder=1)
        annotate(axes, label, (bound, len(names) - 0.4 + 0.45 * row), GREY)
    _name_rows(axes, [names[feature] for feature in order])
    axes.set_ylim(-0.6, len(names) + 0.4)
    return axes


def _colors(values: np.ndarray) -> list[str]:
    return [VERMILION if v >= _STRONG else ORANGE if v >= _SLIGHT else GREEN for v in values]


def shift(
    name: str,
    groups: Sequence[str],
    shares: Mapping[str, ArrayLike],
    ax: Axes | None = None,
) -> Axes:
    """Two distributions of one feature, e.g. in training and now.

    Args:
        name: the name of the feature, with its unit.
        groups: the names of the bins or categories.
        shares: two arrays of shape (groups,) that sum to 1, by their names.
        ax: the Axes to draw into; default: a new figure.
    """
    axes = styled(ax, f"{name}: {' and '.join(shares)}", x=name, y="share of rows")
    heights = {label: np.asarray(values, float) for label, values in shares.items()}
    indices = np.arange(len(groups))
    for color, side, values in zip((BLUE, VERMILION), (-1, 1), heights.values(), strict=True):
        axes.bar(indices + side * 0.2, values, width=0.38, color=color)
    _name_series(axes, heights)
    axes.set_xticks(indices, list(groups))
    axes.grid(visible=False, axis="x")
    format_as_percent(axes, "y")
    return axes


def _name_series(axes: Axes, shares: Mapping[str, np.ndarray]) -> None:
    """Write the name of each series in its colour, above the half with lower bars."""
    heights = np.max(list(shares.values()), axis=0)
    middle = len(heights) // 2
    is_right = heights[middle:].max(initial=0) <= heights[:middle].max(initial=0)
    axes.set_ylim(top=heights.max() * 1.2)
    for row, (color, name) in enumerate(zip((BLUE, VERMILION), shares, strict=True)):
        axes.text(
            0.98 if is_right else 0.02, 0.95 - 0.07 * row, name, transform=axes.transAxes,
            color=color, fontsize=LABEL, ha="right" if is_right else "left", va="center",
        )  # fmt: skip


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=LABEL, color=BLACK)
    axes.tick_params(axis="y", pad=8)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _height(rows: int) -> float:
    return _MARGIN_INCHES + _ROW_INCHES * rows
