import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidArgument
from shared.registry.models import ModelFile, ModelVersion, parse_object_name

names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", fullmatch=True)
versions = st.integers(min_value=0, max_value=999_999_999).map(lambda number: f"v{number}")


@given(names, versions, st.sampled_from(ModelFile))
def test_an_object_name_names_its_version_and_file(name, version, file):
    model = ModelVersion.parse(name, version)
    assert parse_object_name(model.object_name(file)) == (model, file)


@given(st.text(max_size=40))
def test_any_text_is_a_model_path_or_refused_in_one_sentence(text):
    try:
        version, file = parse_object_name(text)
    except InvalidArgument as error:
        spoken = str(error)
    else:
        spoken = version.object_name(file)
    assert spoken == text or "is not a model path" in spoken


@pytest.mark.parametrize(
    "name",
    [
        "model.pkl",
        "titanic/model.pkl",
        "titanic/v1/model.pickle",
        "titanic/v01/model.pkl",
        "titanic/1/model.pkl",
        "titanic/v1/extra/model.pkl",
        "team/titanic/v1/model.pkl",
        "/v1/model.pkl",
        "titanic/v1/model.pkl\n",
        "titanic/v-1/model.pkl",
        "../v1/model.pkl",
    ],
)
def test_what_is_not_a_model_path_is_refused(name):
    with pytest.raises(InvalidArgument, match=r"name it \{model-name\}/v\{N\}/model\.pkl"):
        parse_object_name(name)


def test_a_bare_number_is_short_for_a_version():
    assert str(ModelVersion.parse("titanic-survival", "3")) == "titanic-survival/v3"


@pytest.mark.parametrize("version", ["", "v", "latest!", "v1.2", "1e3", "v1 ", "-1"])
def test_what_is_not_a_version_is_refused(version):
    with pytest.raises(InvalidArgument, match="is not a model version"):
        ModelVersion.parse("titanic", version)
