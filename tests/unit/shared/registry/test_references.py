import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidArgument
from shared.registry.model_version import ModelVersion
from shared.registry.references import ModelAlias, parse_reference


@pytest.mark.parametrize("text", ["v3", "3"])
def test_a_number_names_a_version(text):
    assert parse_reference("titanic", text) == ModelVersion("titanic", "v3")


@pytest.mark.parametrize("text", ["champion", "latest", "vice", "a", "eu-2_old"])
def test_a_text_in_lower_case_is_an_alias(text):
    assert parse_reference("titanic", text) == ModelAlias("titanic", text)


@pytest.mark.parametrize("text", ["Champion", "v01", "v1.2", "v1-old", "", "-x", "1e3", "a" * 64])
def test_anything_else_is_rejected(text):
    with pytest.raises(
        InvalidArgument, match=r"write v1, v2, …, an alias in lower case, or latest"
    ):
        parse_reference("titanic", text)


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_two_texts_name_a_version_or_an_alias_or_are_rejected(name, text):
    try:
        reference = parse_reference(name, text)
    except InvalidArgument as error:
        assert "is not a model" in error.message  # noqa: PT017  (either branch is checked)
    else:
        assert reference.name == name


@pytest.mark.parametrize("text", ["latest", "v1", "7"])
def test_latest_and_versions_cannot_be_moved(text):
    with pytest.raises(InvalidArgument, match="cannot be moved"):
        ModelAlias.parse("titanic", text)


def test_the_model_s_name_is_validated_with_an_alias_too():
    with pytest.raises(InvalidArgument, match="is not a model name"):
        parse_reference("a/b", "champion")
