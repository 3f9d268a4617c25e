import pytest

from shared.errors import InvalidArgument
from shared.request.argument_parser import ArgumentParser


@pytest.fixture
def parser():
    parser = ArgumentParser(prog="p")
    parser.add_argument("--table", required=True)
    return parser


def test_arguments_are_parsed(parser):
    assert parser.parse_args(["--table=t"]).table == "t"


@pytest.mark.parametrize("arguments", [[], ["--tab=t"], ["--table"], ["--table=t", "x"]], ids=str)
def test_a_malformed_command_line_is_an_error_of_one_line(parser, arguments, capsys):
    with pytest.raises(InvalidArgument, match=r"\(see --help\)$") as caught:
        parser.parse_args(arguments)
    assert "\n" not in caught.value.message
    assert capsys.readouterr().err == ""
