from datetime import UTC, datetime

import pytest

from gateway.console.formatting import duration, number, seconds_between, size, when


@pytest.mark.parametrize(
    ("formatted", "expected"),
    [
        (number(1234567), "1,234,567"),
        (size(0), "0 B"),
        (size(1023), "1,023 B"),
        (size(1536), "1.5 KiB"),
        (size(1024**3), "1.0 GiB"),
        (size(5 * 1024**5), "5,120.0 TiB"),
        (duration(0), "0.0 s"),
        (duration(59.94), "59.9 s"),
        (duration(61), "1 min 01 s"),
        (duration(3599.6), "1 h 00 min"),
        (duration(7260), "2 h 01 min"),
        (seconds_between("2026-01-01T00:00:00+00:00", "2026-01-01T00:01:00Z"), 60.0),
        (seconds_between(None, "2026-01-01T00:01:00Z"), None),
    ],
)
def test_values_are_formatted_for_people(formatted, expected):
    assert formatted == expected


def test_a_time_is_readable_and_machine_readable():
    expected = (
        '<time datetime="2026-01-31T09:05:00+00:00" class="nowrap">31 Jan 2026, 09:05 UTC</time>'
    )
    assert when("2026-01-31T10:05:00+01:00") == expected
    assert when(datetime(2026, 1, 31, 9, 5, tzinfo=UTC)) == expected


@pytest.mark.parametrize("template_filter", [number, size, duration, when])
def test_an_unknown_value_is_a_dash_with_a_label(template_filter):
    for unknown in (None, "", "x", {}):
        assert 'aria-label="unknown"' in template_filter(unknown)
