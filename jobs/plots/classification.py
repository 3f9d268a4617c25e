"""Plots of a classifier: confusion matrix, ROC, precision and recall, calibration."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn import metrics

from jobs.plots.style import (
    BLACK,
    BLUE,
    BLUES,
    GREY,
    LABEL,
    LIGHT_GREY,
    SERIES,
    SKY,
    annotate,
    set_unit_square,
    styled,
)

_DARK = 0.55  # white text is more readable on shares above this one
_Z = 1.96  # quantile of the normal distribution, for 95 %

type Scores = ArrayLike | Mapping[str, ArrayLike]


def confusion_matrix(
    truth: ArrayLike,
    predicted: ArrayLike,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    axes_names: tuple[str, str] = ("truth", "prediction"),
) -> Axes:
    """The number of rows of each true and predicted label; the colour is the share of its row.

    Args:
        truth: labels, shape (rows,).
        predicted: labels, shape (rows,).
        names: names of the labels, in the labels' sorted order.
        ax: the Axes to draw into; default: a new figure.
        axes_names: the names of the rows' and the columns' axes.
    """
    labels = np.unique(np.concatenate([np.asarray(truth), np.asarray(predicted)]))
    counts = metrics.confusion_matrix(truth, predicted, labels=labels)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.trace(counts) / counts.sum()
    verdict = "right" if axes_names[0] == "truth" else "labelled alike"
    title = f"{right:.1%} of {counts.sum():,} rows are {verdict}"
    axes = styled(ax, title, x=axes_names[1], y=axes_names[0])
    axes.grid(visible=False)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    ticks = [str(name) for name in (labels if names is None else names)]
    axes.set_xticks(range(len(labels)), ticks)
    axes.set_yticks(range(len(labels)), ticks)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        color = "white" if share > _DARK else BLACK
        axes.text(
            column, row, f"{count:,}\n{share:.0%}", color=color, ha="center", va="center",
            fontsize=LABEL,
        )  # fmt: skip
    return axes


def roc(truth: ArrayLike, scores: Scores, ax: Axes | None = None) -> Axes:
    """The receiver operating characteristic: true against false positive rate, by threshold.

    Args:
        truth: 0 or 1, shape (rows,).
        scores: scores of the positive class, shape (rows,); or several arrays by model name.
        ax: the Axes to draw into; default: a new figure.
    """
    axes = styled(ax, "ROC", x="false positive rate", y="true positive rate")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    annotate(axes, "chance", (0.60, 0.53), GREY)
    for index, (name, values) in enumerate(_named(scores).items()):
        false, true, _ = metrics.roc_curve(truth, values)
        axes.plot(false, true, color=SERIES[index], linewidth=2, solid_joinstyle="round")
        text = f"{name}AUC {metrics.roc_auc_score(truth, values):.3f}"
        annotate(axes, text, (0.98, 0.08 + 0.08 * index), SERIES[index], "right")
    set_unit_square(axes)
    return axes


def precision_recall(truth: ArrayLike, scores: Scores, ax: Axes | None = None) -> Axes:
    """Precision against recall, by threshold; the arguments are those of `roc`."""
    axes = styled(ax, "Precision and recall", x="recall", y="precision")
    share = float(np.mean(np.asarray(truth)))
    axes.axhline(share, color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    annotate(axes, f"chance: {share:.0%} are positive", (0.02, share + 0.05), GREY)
    for index, (name, values) in enumerate(_named(scores).items()):
        precision, recall, _ = metrics.precision_recall_curve(truth, values)
        axes.plot(recall, precision, color=SERIES[index], linewidth=2, drawstyle="steps-post")
        text = f"{name}average precision {metrics.average_precision_score(truth, values):.3f}"
        annotate(axes, text, (0.02, 0.08 + 0.08 * index), SERIES[index])
    set_unit_square(axes)
    return axes


def calibration(
    truth: ArrayLike, probability: ArrayLike, ax: Axes | None = None, *, bins: int = 8
) -> Axes:
    """Observed frequencies against predicted probabilities, with 95 % intervals.

    Each bin holds about the same number of rows; the bars at the bottom are a histogram of the
    probabilities. Interval: E. B. Wilson, JASA 22 (1927), 209-212.

    Args:
        truth: 0 or 1, shape (rows,).
        probability: probabilities of the positive class, shape (rows,).
        ax: the Axes to draw into; default: a new figure.
        bins: number of points.
    """
    happened, given = np.asarray(truth, float), np.asarray(probability, float)
    score = metrics.brier_score_loss(happened, given)
    title = f"Calibration, Brier score {score:.3f}"
    axes = styled(ax, title, x="probability given", y="how often it happened")
    counts, edges = np.histogram(given, bins=20, range=(0, 1))
    axes.bar(
        edges[:-1], 0.16 * counts / counts.max(), width=0.05, align="edge", color=SKY, alpha=0.35,
        edgecolor="white",
    )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    annotate(axes, "perfect", (0.47, 0.54), GREY, "right")
    groups = np.array_split(np.argsort(given, kind="stable"), bins)
    points = [_with_interval(happened[rows], given[rows]) for rows in groups if len(rows)]
    x, y, low, high = np.array(points).T
    axes.vlines(x, low, high, color=BLUE, linewidth=1.2, alpha=0.7)
    axes.plot(x, y, color=BLUE, linewidth=1.5, marker="o", markersize=6, markeredgecolor="white")
    set_unit_square(axes)
    axes.spines["bottom"].set_color(LIGHT_GREY)
    return axes


def _with_interval(happened: np.ndarray, given: np.ndarray) -> tuple[float, float, float, float]:
    """Mean probability, observed share, and the lower and upper bound of that share."""
    rows, share = len(happened), float(happened.mean())
    spread = _Z**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * np.sqrt(share * (1 - share) / rows + spread / (4 * rows))
    return float(given.mean()), share, middle - half, middle + half


def _named(scores: Scores) -> dict[str, ArrayLike]:
    if isinstance(scores, Mapping):
        return {f"{name}: ": values for name, values in scores.items()}
    return {"": scores}
