"""How well a classifier tells classes apart, and whether its probabilities are true."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn import metrics

from jobs.plots.style import (
    BLUE,
    BLUES,
    FAINT,
    INK,
    LABEL,
    QUIET,
    SERIES,
    SKY,
    as_square_of_shares,
    dressed,
    written,
)

_DARK = 0.55  # share above which white text is the more readable
_Z = 1.96  # of the normal distribution, for 95 %

type Scores = ArrayLike | Mapping[str, ArrayLike]


def confusion_matrix(
    truth: ArrayLike,
    predicted: ArrayLike,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    axes_names: tuple[str, str] = ("truth", "prediction"),
) -> Axes:
    """How many rows of each true class were given which label; the colour is the share of the row.

    Args:
        truth: labels, shape (rows,).
        predicted: labels, shape (rows,).
        names: what to call the labels, in their sorted order.
        ax: where to draw.
        axes_names: what the rows and the columns stand for.
    """
    labels = np.unique(np.concatenate([np.asarray(truth), np.asarray(predicted)]))
    counts = metrics.confusion_matrix(truth, predicted, labels=labels)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.trace(counts) / counts.sum()
    word = "right" if axes_names[0] == "truth" else "labelled alike"
    title = f"{right:.1%} of {counts.sum():,} rows are {word}"
    axes = dressed(ax, title, x=axes_names[1], y=axes_names[0])
    axes.grid(visible=False)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    ticks = [str(name) for name in (labels if names is None else names)]
    axes.set_xticks(range(len(labels)), ticks)
    axes.set_yticks(range(len(labels)), ticks)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        color = "white" if share > _DARK else INK
        axes.text(
            column, row, f"{count:,}\n{share:.0%}", color=color, ha="center", va="center",
            fontsize=LABEL,
        )  # fmt: skip
    return axes


def roc(truth: ArrayLike, scores: Scores, ax: Axes | None = None) -> Axes:
    """The share of positives found against the share of negatives mistaken, at every threshold.

    Args:
        truth: 0 or 1, shape (rows,).
        scores: of the positive class, shape (rows,); or several by name.
        ax: where to draw.
    """
    axes = dressed(ax, "ROC", x="false positive rate", y="true positive rate")
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    written(axes, "chance", (0.60, 0.53), QUIET)
    for place, (name, values) in enumerate(_named(scores).items()):
        false, true, _ = metrics.roc_curve(truth, values)
        axes.plot(false, true, color=SERIES[place], linewidth=2, solid_joinstyle="round")
        text = f"{name}AUC {metrics.roc_auc_score(truth, values):.3f}"
        written(axes, text, (0.98, 0.08 + 0.08 * place), SERIES[place], "right")
    as_square_of_shares(axes)
    return axes


def precision_recall(truth: ArrayLike, scores: Scores, ax: Axes | None = None) -> Axes:
    """How many of those found are right, against how many are found; arguments as of `roc`."""
    axes = dressed(ax, "Precision and recall", x="recall", y="precision")
    share = float(np.mean(np.asarray(truth)))
    axes.axhline(share, color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    written(axes, f"chance: {share:.0%} are positive", (0.02, share + 0.05), QUIET)
    for place, (name, values) in enumerate(_named(scores).items()):
        precision, recall, _ = metrics.precision_recall_curve(truth, values)
        axes.plot(recall, precision, color=SERIES[place], linewidth=2, drawstyle="steps-post")
        text = f"{name}average precision {metrics.average_precision_score(truth, values):.3f}"
        written(axes, text, (0.02, 0.08 + 0.08 * place), SERIES[place])
    as_square_of_shares(axes)
    return axes


def calibration(
    truth: ArrayLike, probability: ArrayLike, ax: Axes | None = None, *, bins: int = 8
) -> Axes:
    """How often it happened, where the model gave it a probability; with 95 % intervals.

    The bins hold about equally many rows each; the bars at the bottom show how many rows got which
    probability. Interval: E. B. Wilson, JASA 22 (1927), 209-212.

    Args:
        truth: 0 or 1, shape (rows,).
        probability: of the positive class, shape (rows,).
        ax: where to draw.
        bins: number of points.
    """
    happened, given = np.asarray(truth, float), np.asarray(probability, float)
    score = metrics.brier_score_loss(happened, given)
    title = f"Calibration, Brier score {score:.3f}"
    axes = dressed(ax, title, x="probability given", y="how often it happened")
    counts, edges = np.histogram(given, bins=20, range=(0, 1))
    axes.bar(
        edges[:-1], 0.16 * counts / counts.max(), width=0.05, align="edge", color=SKY, alpha=0.35,
        edgecolor="white",
    )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 4)))
    written(axes, "perfect", (0.47, 0.54), QUIET, "right")
    groups = np.array_split(np.argsort(given, kind="stable"), bins)
    points = [_with_interval(happened[rows], given[rows]) for rows in groups if len(rows)]
    x, y, low, high = np.array(points).T
    axes.vlines(x, low, high, color=BLUE, linewidth=1.2, alpha=0.7)
    axes.plot(x, y, color=BLUE, linewidth=1.5, marker="o", markersize=6, markeredgecolor="white")
    as_square_of_shares(axes)
    axes.spines["bottom"].set_color(FAINT)
    return axes


def _with_interval(happened: np.ndarray, given: np.ndarray) -> tuple[float, float, float, float]:
    """Mean probability, share that happened, and the bounds of that share."""
    rows, share = len(happened), float(happened.mean())
    spread = _Z**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * np.sqrt(share * (1 - share) / rows + spread / (4 * rows))
    return float(given.mean()), share, middle - half, middle + half


def _named(scores: Scores) -> dict[str, ArrayLike]:
    if isinstance(scores, Mapping):
        return {f"{name}: ": values for name, values in scores.items()}
    return {"": scores}
