import io

import pytest

from jobs.progress_bar import ProgressBar, progress_line, terminal


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("done", "total", "full"), [(0, 30, 0), (15, 30, 12), (30, 30, 24), (45, 30, 24), (0, 0, 24)]
)
def test_the_bar_is_as_full_as_the_share_that_is_done(done, total, full):
    line = progress_line(done, total, "rows", 5)
    assert (line.count("█"), line.count("░")) == (full, 24 - full)


def test_the_line_has_the_numbers_with_their_units():
    line = progress_line(2_000, 3_000, "rows", 1_500)
    assert line.endswith(" 2,000 of 3,000 rows, 1,500 rows/s ")


def test_only_a_terminal_gets_a_bar():
    stream = Terminal()
    assert terminal(stream) is stream
    assert terminal(io.StringIO()) is None


def test_items_pass_through_and_the_last_line_counts_all_of_them():
    stream = Terminal()
    with ProgressBar("objects", total=3, terminal=stream) as bar:
        assert list(bar.counted("abc")) == ["a", "b", "c"]
    *_, last, rest = stream.getvalue().replace("\n", "\r").split("\r")
    assert "3 of 3 objects" in last
    assert rest == ""


def test_lines_are_drawn_at_most_five_times_a_second():
    stream = Terminal()
    with ProgressBar("objects", total=1_000, terminal=stream) as bar:
        for _ in bar.counted(range(1_000)):
            pass
    assert stream.getvalue().count("\r") < 10


def test_without_items_nothing_is_drawn():
    stream = Terminal()
    with ProgressBar("objects", total=0, terminal=stream):
        pass
    assert stream.getvalue() == ""


def test_without_a_terminal_items_are_counted_all_the_same():
    with ProgressBar("objects", total=2, terminal=None) as bar:
        assert list(bar.counted([1, 2])) == [1, 2]
    assert bar.done == 2
