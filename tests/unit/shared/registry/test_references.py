import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidArgument
from shared.registry.models import ModelVersion
from shared.registry.references import ModelAlias, parse_reference


@pytest.mark.parametrize("word", ["v3", "3"])
def test_a_number_names_a_version(word):
    assert parse_reference("titanic", word) == ModelVersion("titanic", "v3")


@pytest.mark.parametrize("word", ["champion", "latest", "vice", "a", "eu-2_old"])
def test_a_word_in_lower_case_is_an_alias(word):
    assert parse_reference("titanic", word) == ModelAlias("titanic", word)


@pytest.mark.parametrize("word", ["Champion", "v01", "v1.2", "v1-old", "", "-x", "1e3", "a" * 64])
def test_what_is_neither_is_refused(word):
    with pytest.raises(
        InvalidArgument, match=r"write v1, v2, …, an alias in lower case, or latest"
    ):
        parse_reference("titanic", word)


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_two_words_name_a_version_or_an_alias_or_are_refused(name, word):
    try:
        reference = parse_reference(name, word)
    except InvalidArgument as error:
        assert "is not a model" in error.message  # noqa: PT017  (either branch is checked)
    else:
        assert reference.name == name


@pytest.mark.parametrize("word", ["latest", "v1", "7"])
def test_what_everybody_reads_alike_cannot_be_moved(word):
    with pytest.raises(InvalidArgument, match="cannot be moved"):
        ModelAlias.parse("titanic", word)


def test_the_name_of_the_model_has_its_rule_beside_an_alias_too():
    with pytest.raises(InvalidArgument, match="is not a model name"):
        parse_reference("a/b", "champion")
