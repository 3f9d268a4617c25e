"""Plots of two models on the same rows."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from jobs.plots.style import (
    BLACK,
    BLUE,
    GREY,
    LABEL,
    SMALL,
    VERMILION,
    annotate,
    set_unit_square,
    styled,
)

_THRESHOLD = 0.5


def agreement(
    first: ArrayLike,
    second: ArrayLike,
    names: tuple[str, str] = ("champion", "challenger"),
    ax: Axes | None = None,
    *,
    threshold: float = _THRESHOLD,
) -> Axes:
    """The probabilities of the same rows by two binary classifiers; a dot per row.

    Args:
        first: probabilities of the positive class by the first model, shape (rows,).
        second: the same by the second model, in the same order.
        names: the names of the models.
        ax: the Axes to draw into; default: a new figure.
        threshold: the least probability of a row that is labelled positive.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    differ = (a >= threshold) != (b >= threshold)
    title = f"The same label for {1 - differ.mean():.1%} of {len(a):,} rows"
    axes = styled(ax, title, x=f"probability by {names[0]}", y=f"probability by {names[1]}")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    axes.axhline(threshold, color=GREY, linewidth=0.8)
    axes.axvline(threshold, color=GREY, linewidth=0.8)
    for rows, color in ((~differ, BLUE), (differ, VERMILION)):
        axes.scatter(a[rows], b[rows], s=18, color=color, alpha=0.55, linewidths=0)
    up, down = int(np.sum(differ & (b > a))), int(np.sum(differ & (b < a)))
    annotate(axes, f"{up:,} only {names[1]}", (0.02, 0.97), VERMILION)
    annotate(axes, f"{down:,} only {names[0]}", (0.98, 0.03), VERMILION, "right")
    set_unit_square(axes)
    return axes


def metric_comparison(
    metrics: Mapping[str, tuple[float, float]],
    names: tuple[str, str] = ("champion", "challenger"),
    ax: Axes | None = None,
) -> Axes:
    """The metrics of two models; a line per metric, from the first model to the second.

    Args:
        metrics: the values of both models, by the metric's name.
        names: the names of the models.
        ax: the Axes to draw into; default: a new figure.
    """
    title = f"{names[1].capitalize()} beside {names[0]}"
    axes = styled(ax, title, x="metric on the same rows", y="", height=1.6 + 0.5 * len(metrics))
    rows = list(metrics.items())[::-1]
    for row, (_, (a, b)) in enumerate(rows):
        axes.plot([a, b], [row, row], color=GREY, linewidth=1.5, zorder=1)
        sides = ("right", "left") if a <= b else ("left", "right")
        _mark(axes, (a, row), BLUE, sides[0])
        _mark(axes, (b, row), VERMILION, sides[1])
        if row == len(rows) - 1:
            _name(axes, names[0], (a, row), BLUE, sides[0])
            _name(axes, names[1], (b, row), VERMILION, sides[1])
    axes.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=LABEL, color=BLACK)
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.margins(x=0.25)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    return axes


def _mark(axes: Axes, at: tuple[float, float], color: str, side: str) -> None:
    """Draw a dot, and its value on the given side."""
    axes.scatter(*at, s=70, color=color, zorder=2)
    away = -8 if side == "right" else 8
    axes.annotate(
        f"{at[0]:.3f}", at, (away, 0), textcoords="offset points", color=color, fontsize=SMALL,
        ha=side, va="center",
    )  # fmt: skip


def _name(axes: Axes, name: str, at: tuple[float, float], color: str, side: str) -> None:
    axes.annotate(
        name, at, (0, 14), textcoords="offset points", color=color, fontsize=SMALL, ha=side
    )
