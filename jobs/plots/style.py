"""The style of all plots: colours, font sizes, figure sizes and axes."""

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

# Okabe and Ito, Color Universal Design, 2008: https://jfly.uni-koeln.de/color/
BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
)
SERIES = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
BLACK, GREY, LIGHT_GREY = "#222222", "#6B6B6B", "#DDDDDD"
BLUES = LinearSegmentedColormap.from_list("from white to blue", ["#FFFFFF", BLUE])

TITLE, LABEL, SMALL = 12, 10.5, 9.5  # points
_WIDTH, _HEIGHT = 9.6, 4.2  # inches; the width of a notebook's cell
_SINGLE_WIDTH = 6.4


def panels(count: int = 1, *, height: float = _HEIGHT) -> list[Axes]:
    """A row of empty Axes in one new figure, as wide as a notebook; `height` in inches."""
    # pyplot selects a backend when it is imported, which must not happen before a plot is wanted.
    import matplotlib.pyplot as plt  # noqa: PLC0415

    width = _WIDTH if count > 1 else _SINGLE_WIDTH
    _, axes = plt.subplots(
        1, count, figsize=(width, height), dpi=110, layout="constrained", squeeze=False
    )
    return list(axes[0])


def styled(ax: Axes | None, title: str, *, x: str, y: str, height: float = _HEIGHT) -> Axes:
    """The given Axes, or those of a new figure, with title, axis labels and the common style."""
    axes = ax or panels(height=height)[0]
    axes.set_title(title, loc="left", fontsize=TITLE, color=BLACK, pad=10)
    axes.set_xlabel(x, fontsize=LABEL, color=BLACK)
    axes.set_ylabel(y, fontsize=LABEL, color=BLACK)
    axes.tick_params(labelsize=SMALL, colors=GREY, length=0)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_color(LIGHT_GREY)
    axes.grid(color=LIGHT_GREY, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def format_as_percent(axes: Axes, *names: str) -> None:
    """Format the ticks of the named axes, `x` or `y`, as percentages of 1."""
    for name in names:
        getattr(axes, f"{name}axis").set_major_formatter(PercentFormatter(1, decimals=0))


def set_unit_square(axes: Axes) -> None:
    """Let both axes range from 0 to 1, in percent and of equal length."""
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    format_as_percent(axes, "x", "y")


def annotate(
    axes: Axes, text: str, at: tuple[float, float], color: str, align: str = "left"
) -> None:
    """Write a label at a point, in data coordinates."""
    axes.text(
        at[0], at[1], text, color=color, fontsize=SMALL, ha=align, va="center", linespacing=1.35,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
    )  # fmt: skip
