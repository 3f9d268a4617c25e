"""Regular expressions that end, and such that may not."""

import pytest

from jobs.pickles.validation.patterns import is_harmless_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?u)\b\w\w+\b",
        r"\S+",
        r".",
        r"[^,;]+",
        r"(?:\w|-)+",
        r"[a-z]+(?:-[a-z]+)*",
        r"\b[a-zA-Z]+(?:'[a-z]+)?\b",
        r"(?:[A-Z]\.)+|\w+",
        r"\d+(?:\.\d+)?|\w+",
        r"(?:[a-z]{2})+",
        r"(?i)\b[a-z0-9]{2,}?\b",
        r"(?<!\d)\w+(?!\d)",
        r"(?P<word>\w+)",
        r"(?>\w+)\b",
        r"[a-z]+(?:[^a-z\s][a-z]*)*",
    ],
)
def test_patterns_that_people_write_are_harmless(pattern):
    assert is_harmless_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(?:a|a)*b",
        r"(?:a|ab)*c",
        r"(?:(?:a|a)*|b)*c",
        r"(?:[a-z ]+)+!",
        r"(\w+\s?)*x",
        r"(?:a?){100}b",
        r"(a{1,16}){1,16}b",
        "a?" * 30 + "a" * 30,
        r"(?:-\w+-\w+)*x",
        r"(?:\w\w*)*x",
        r"(?=(a+)+b)a",
        r"(.)\1+",
        r"x" * 1001,
        r"(",
        7,
        None,
    ],
)
def test_patterns_that_may_take_forever_are_refused(pattern):
    assert not is_harmless_pattern(pattern)
