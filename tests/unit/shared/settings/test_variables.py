from dataclasses import dataclass, fields

import pytest

from shared.errors import InvalidArgument
from shared.settings.variables import value_of, variable


@dataclass
class Example:
    name: str = variable("NAME", "a text", "mlsys-{env}")
    number: int = variable("NUMBER", "a number", 7)
    names: tuple[str, ...] = variable("NAMES", "texts", ("*",))


def values(environ):
    return [value_of(each, environ, "dev") for each in fields(Example)]


@pytest.mark.parametrize("environ", [{}, {"NAME": "", "NUMBER": "", "NAMES": ""}])
def test_an_empty_variable_has_its_default(environ):
    assert values(environ) == ["mlsys-dev", 7, ("*",)]


def test_a_default_gives_the_type_of_a_variable():
    assert values({"NAME": "{env}", "NUMBER": "0", "NAMES": " a, b,,c "}) == [
        "{env}",
        0,
        ("a", "b", "c"),
    ]


@pytest.mark.parametrize("raw", ["-1", "1.5", "many", "٣", " 1"])
def test_a_number_is_written_in_digits(raw):
    with pytest.raises(InvalidArgument, match=r"NUMBER is .* set it to a number"):
        values({"NUMBER": raw})
