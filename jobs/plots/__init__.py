"""Pictures of models, in one style: arrays in, matplotlib's Axes out.

Every function draws into the Axes that it is given, else into a new figure. Nothing here alters
matplotlib's own settings. The colours can be told apart by people with any colour vision.
"""

from jobs.plots.classification import calibration, confusion_matrix, precision_recall, roc
from jobs.plots.comparison import agreement, metrics_beside
from jobs.plots.features import drift, feature_importance, shift
from jobs.plots.regression import residuals, truth_against_prediction
from jobs.plots.style import panels

__all__ = [
    "agreement",
    "calibration",
    "confusion_matrix",
    "drift",
    "feature_importance",
    "metrics_beside",
    "panels",
    "precision_recall",
    "residuals",
    "roc",
    "shift",
    "truth_against_prediction",
]
