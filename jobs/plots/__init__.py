"""Plots of models in one style: arrays in, matplotlib's Axes out.

Each function draws into the given Axes or else into a new figure. No function changes matplotlib's
settings. The colours are distinguishable with any colour vision.
"""

from jobs.plots.classification import calibration, confusion_matrix, precision_recall, roc
from jobs.plots.comparison import agreement, metric_comparison
from jobs.plots.features import drift, feature_importance, shift
from jobs.plots.regression import residuals, truth_against_prediction
from jobs.plots.style import panels

__all__ = [
    "agreement",
    "calibration",
    "confusion_matrix",
    "drift",
    "feature_importance",
    "metric_comparison",
    "panels",
    "precision_recall",
    "residuals",
    "roc",
    "shift",
    "truth_against_prediction",
]
