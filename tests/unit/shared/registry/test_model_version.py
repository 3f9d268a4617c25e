import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidArgument
from shared.registry.model_version import ModelFile, ModelVersion, Status, parse_object_name

names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", fullmatch=True)
versions = st.integers(min_value=0, max_value=999_999_999).map(lambda number: f"v{number}")


@given(names, versions, st.sampled_from(ModelFile))
def test_an_object_name_names_its_version_and_file(name, version, file):
    model = ModelVersion.parse(name, version)
    assert parse_object_name(model.object_name(file)) == (model, file)


@given(st.text(max_size=40))
def test_any_text_is_a_model_path_or_an_error_with_the_rule(text):
    try:
        version, file = parse_object_name(text)
    except InvalidArgument as error:
        printed = str(error)
    else:
        printed = version.object_name(file)
    assert printed == text or "is not a model path" in printed


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
def test_another_name_is_no_model_path(name):
    with pytest.raises(InvalidArgument, match=r"name it \{model-name\}/v\{N\}/model\.pkl"):
        parse_object_name(name)


def test_a_bare_number_is_short_for_a_version():
    assert str(ModelVersion.parse("titanic-survival", "3")) == "titanic-survival/v3"


@pytest.mark.parametrize("version", ["", "v", "latest!", "v1.2", "1e3", "v1 ", "-1"])
def test_a_malformed_version_is_rejected(version):
    with pytest.raises(InvalidArgument, match="is not a model version"):
        ModelVersion.parse("titanic", version)


def test_only_approved_and_proved_models_may_predict():
    assert [status for status in Status if status.may_predict] == [Status.APPROVED, Status.PROVED]
