"""The plots show the arrays: the tests read matplotlib's artists, not pixels."""

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from jobs import plots
from jobs.plots.style import BLUE, GREEN, ORANGE, SERIES, VERMILION

TRUTH = np.array([0, 0, 0, 0, 1, 1, 1, 1])
SCORES = np.array([0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.8, 0.9])


@pytest.fixture
def ax():
    return Figure().subplots()


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_importing_and_drawing_leaves_matplotlib_s_settings_alone(ax):
    program = "import sys, jobs.plots; print('matplotlib.pyplot' in sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "False"
    before = dict(mpl.rcParams)
    plots.calibration(TRUTH, SCORES, ax, bins=2)
    assert dict(mpl.rcParams) == before


def test_panels_make_one_figure_of_a_notebook_s_width():
    left, right = plots.panels(2)
    assert left.figure is right.figure
    assert left.figure.get_size_inches()[0] == pytest.approx(9.6)
    assert plots.roc(TRUTH, SCORES).figure is not left.figure
    plt.close("all")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.confusion_matrix(TRUTH, SCORES > 0.5, ax=ax),
        lambda ax: plots.roc(TRUTH, SCORES, ax),
        lambda ax: plots.precision_recall(TRUTH, SCORES, ax),
        lambda ax: plots.calibration(TRUTH, SCORES, ax),
        lambda ax: plots.agreement(SCORES, SCORES, ax=ax),
        lambda ax: plots.truth_against_prediction(TRUTH, SCORES, "price, €", ax),
        lambda ax: plots.residuals(TRUTH, SCORES, "price, €", ax),
        lambda ax: plots.shift("age, years", ["a"], {"then": [1], "now": [1]}, ax),
    ],
)
def test_every_plot_has_a_title_and_two_axis_labels_and_no_legend(ax, draw):
    axes = draw(ax)
    assert axes is ax
    assert axes.get_title(loc="left")
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_legend() is None


def test_a_confusion_matrix_counts_truth_in_rows_and_colours_by_their_share(ax):
    plots.confusion_matrix(["a", "a", "a", "b"], ["a", "a", "b", "b"], ["A", "B"], ax)
    assert texts(ax) == ["2\n67%", "1\n33%", "0\n0%", "1\n100%"]
    np.testing.assert_allclose(ax.images[0].get_array(), [[2 / 3, 1 / 3], [0, 1]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B"]
    assert ax.get_title(loc="left") == "75.0% of 4 rows are right"


def test_a_class_that_is_never_true_gets_a_row_of_noughts(ax):
    plots.confusion_matrix(["a", "a"], ["a", "b"], ax=ax)
    assert texts(ax) == ["1\n50%", "1\n50%", "0\n0%", "0\n0%"]


def test_each_model_s_curve_is_labelled_with_its_name_and_area_in_its_colour(ax):
    worse = SCORES[::-1]
    plots.roc(TRUTH, {"good": SCORES, "bad": worse}, ax)
    _, good, bad = ax.lines
    assert good.get_xydata()[0].tolist() == [0, 0]
    assert np.trapezoid(good.get_ydata(), good.get_xdata()) == roc_auc_score(TRUTH, SCORES)
    assert (good.get_color(), bad.get_color()) == SERIES[:2]
    named = {text.get_text(): text.get_color() for text in ax.texts}
    assert named["good: AUC 0.938"] == BLUE
    assert named["bad: AUC 0.062"] == VERMILION


def test_precision_and_recall_end_where_everything_is_called_positive(ax):
    plots.precision_recall(TRUTH, SCORES, ax)
    curve = ax.lines[1]
    assert max(curve.get_xdata()) == 1
    assert curve.get_ydata()[0] == 0.5
    assert "chance: 50% are positive" in texts(ax)


def test_calibration_shows_shares_with_wilson_s_interval(ax):
    happened = np.r_[np.zeros(10), np.ones(8), np.zeros(2)]
    plots.calibration(happened, np.r_[np.full(10, 0.1), np.full(10, 0.8)], ax, bins=2)
    points = ax.lines[-1].get_xydata()
    np.testing.assert_allclose(points, [[0.1, 0.0], [0.8, 0.8]])
    (never, mostly) = ax.collections[0].get_segments()
    # Wilson (1927) for 0 and for 8 of 10.
    np.testing.assert_allclose(never[:, 1], [0, 0.2775], atol=1e-3)
    np.testing.assert_allclose(mostly[:, 1], [0.4902, 0.9433], atol=1e-3)


def test_the_most_important_feature_is_on_top(ax):
    plots.feature_importance(["weak", "strong"], [[0.0, 0.02], [0.3, 0.2]], ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["weak", "strong"]
    assert [bar.get_width() for bar in ax.patches] == [0.01, 0.25]
    assert sorted(ax.lines[1].get_xdata()) == [0.2, 0.3]


def test_drift_is_coloured_by_how_strong_it_is(ax):
    plots.drift(["a", "b", "c"], [0.3, 0.02, 0.15], ax)
    points = ax.collections[-1]
    assert points.get_offsets()[:, 0].tolist() == [0.02, 0.15, 0.3]
    assert [to_hex(color).upper() for color in points.get_facecolor()] == [
        GREEN,
        ORANGE,
        VERMILION,
    ]
    assert {"0.02", "0.15", "0.30", "strong"} <= set(texts(ax))


def test_a_shift_shows_both_distributions_side_by_side(ax):
    plots.shift("age", ["young", "old"], {"then": [0.7, 0.3], "now": [0.4, 0.6]}, ax)
    assert [bar.get_height() for bar in ax.patches] == [0.7, 0.3, 0.4, 0.6]
    assert texts(ax) == ["then", "now"]


def test_agreement_counts_the_rows_that_only_one_model_labels_positive(ax):
    plots.agreement([0.1, 0.6, 0.9, 0.4], [0.2, 0.3, 0.8, 0.7], ax=ax)
    same, different = ax.collections
    assert different.get_offsets().tolist() == [[0.6, 0.3], [0.4, 0.7]]
    assert len(same.get_offsets()) == 2
    assert texts(ax) == ["1 only challenger", "1 only champion"]
    assert ax.get_title(loc="left") == "The same label for 50.0% of 4 rows"


def test_a_metric_comparison_shows_both_values_of_each_metric(ax):
    plots.metric_comparison({"accuracy": (0.7, 0.8), "recall": (0.6, 0.5)}, ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["recall", "accuracy"]
    assert ax.lines[-1].get_xdata().tolist() == [0.7, 0.8]
    assert texts(ax)[-2:] == ["champion", "challenger"]
    assert {"0.700", "0.800", "0.600", "0.500"} <= set(texts(ax))


def test_errors_are_truth_minus_prediction(ax):
    plots.residuals([10.0, 20.0], [11.0, 23.0], "price", ax)
    assert ax.get_title(loc="left") == "Mean absolute error 2.0"
    assert "mean −2.0" in texts(ax)  # noqa: RUF001  (a minus sign)


def test_a_regressor_s_dots_are_its_rows(ax):
    plots.truth_against_prediction([1.0, 2.0], [1.5, 2.5], "price", ax)
    assert ax.collections[0].get_offsets().tolist() == [[1.5, 1.0], [2.5, 2.0]]
    assert ax.get_xlabel() == "predicted price"
