import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from jobs.plots.style import (
    BLUES,
    GREY,
    LIGHT_GREY,
    SERIES,
    annotate,
    format_as_percent,
    set_unit_square,
    styled,
)


@pytest.fixture
def ax():
    return Figure().subplots()


def test_styled_axes_have_a_title_on_the_left_and_two_spines(ax):
    assert styled(ax, "Title", x="days", y="rows") is ax
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("Title", "days", "rows")
    visible = {name for name, spine in ax.spines.items() if spine.get_visible()}
    assert visible == {"left", "bottom"}
    assert to_hex(ax.spines["left"].get_edgecolor()).upper() == LIGHT_GREY


def test_only_the_named_axis_is_formatted_as_percent(ax):
    format_as_percent(ax, "y")
    assert ax.yaxis.get_major_formatter()(0.25) == "25%"
    assert ax.xaxis.get_major_formatter()(0.25) != "25%"


def test_a_unit_square_shows_0_to_1_on_axes_of_equal_length(ax):
    set_unit_square(ax)
    assert ax.get_xlim() == ax.get_ylim() == (-0.02, 1.02)
    assert ax.get_aspect() == 1
    assert ax.xaxis.get_major_formatter()(1) == "100%"


def test_a_label_is_written_at_its_point_in_its_colour(ax):
    annotate(ax, "chance", (0.6, 0.5), GREY, "right")
    (text,) = ax.texts
    assert (text.get_text(), text.get_position()) == ("chance", (0.6, 0.5))
    assert (text.get_color(), text.get_ha()) == (GREY, "right")


def luminance(color):
    """Relative luminance of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_grey_text_is_readable_on_white():
    assert 1.05 / (luminance(GREY) + 0.05) > 4.5


def test_series_have_different_colours_and_different_luminance():
    assert len({to_hex(color) for color in SERIES}) == len(SERIES)
    first, second = (luminance(color) for color in SERIES[:2])
    assert abs(first - second) > 0.03


def test_the_colour_map_goes_from_white_to_blue():
    assert (to_hex(BLUES(0.0)).upper(), to_hex(BLUES(1.0)).upper()) == ("#FFFFFF", SERIES[0])
