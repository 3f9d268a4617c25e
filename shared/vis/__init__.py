"""Pictures of models, in one style: arrays in, matplotlib's Axes out.

Every function draws into the Axes that it is given, else into a new figure. Nothing here alters
matplotlib's own settings. The colours are told apart by people with any colour vision.
"""

from shared.vis.classification import calibration, confusion_matrix, precision_recall, roc
from shared.vis.comparison import agreement, metrics_beside
from shared.vis.features import drift, feature_importance, shift
from shared.vis.regression import residuals, truth_against_prediction
from shared.vis.style import panels

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
