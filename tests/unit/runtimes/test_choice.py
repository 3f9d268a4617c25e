"""Which runtime scores a file: by its own versions, by its metadata's, or the default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtimes.catalog import DEFAULT_RUNTIME, FOLDER, Runtime, read_catalog
from runtimes.choice import Choice, choose

CATALOG = tuple(
    Runtime(name, "3.13", {"scikit-learn": sklearn, "xgboost": xgboost})
    for name, sklearn, xgboost in (
        ("sklearn-0.24", "0.24.2", "1.6.2"),
        ("sklearn-1.2", "1.2.2", "1.7.6"),
        ("sklearn-1.3", "1.3.2", "1.7.6"),
        ("sklearn-1.5", "1.5.2", "2.1.4"),
        (DEFAULT_RUNTIME, "1.9.1", "3.2.0"),
    )
)


def chosen(sklearn=(), xgboost=(), **declared):
    versions = {"sklearn": sklearn, "xgboost": xgboost}
    names = {name.replace("_", "-"): version for name, version in declared.items()}
    return choose({name: each for name, each in versions.items() if each}, names, CATALOG)


def name(choice):
    return choice.runtime.name if choice.runtime else None


@pytest.mark.parametrize(
    ("version", "runtime"),
    [
        ("1.5.2", "sklearn-1.5"),
        ("1.5.0", "sklearn-1.5"),
        ("1.5.2rc1", "sklearn-1.5"),
        ("1.5.dev0", "sklearn-1.5"),
        ("1.9.7", DEFAULT_RUNTIME),
        ("0.24.1", "sklearn-0.24"),
    ],
)
def test_the_minor_that_a_file_names_decides(version, runtime):
    choice = chosen([version])
    assert (name(choice), choice.version, choice.findings) == (runtime, version, ())


def test_of_several_versions_the_newest_decides():
    assert name(chosen(["1.5.2", "1.9.1", "0.24.2"])) == DEFAULT_RUNTIME
    assert name(chosen(["1.3.0", "1.10.0"])) is None


def test_a_minor_without_a_runtime_is_a_finding_that_names_the_cure():
    choice = chosen(["1.4.2"])
    assert (choice.runtime, choice.version) == (None, "1.4.2")
    (finding,) = choice.findings
    assert "fitted with scikit-learn 1.4.2, and there is no runtime for it" in finding
    assert "(there are 0.24, 1.2, 1.3, 1.5, 1.9)" in finding
    assert "make runtime SKLEARN=1.4" in finding


@pytest.mark.parametrize("version", ["0.23.2", "0.18", "0.0.1"])
def test_a_file_older_than_every_runtime_gets_the_oldest_and_needs_a_proof(version):
    choice = chosen([version])
    assert (name(choice), choice.version, choice.needs_proof) == ("sklearn-0.24", version, True)
    (finding,) = choice.findings
    assert f"fitted with scikit-learn {version}, which is older than every runtime" in finding
    assert "into metadata.json as golden_rows" in finding
    assert "fit it again with 0.24 or later" in finding


def test_without_any_runtime_a_version_is_not_older_than_all():
    assert choose({"sklearn": ["0.18"]}, {}, ()).runtime is None


def test_the_file_goes_before_the_metadata():
    assert name(chosen(["1.5.2"], scikit_learn="1.3.0")) == "sklearn-1.5"


def test_a_silent_file_is_of_the_version_that_its_metadata_declares():
    choice = chosen(scikit_learn="1.3.0")
    assert (name(choice), choice.version) == ("sklearn-1.3", "1.3.0")
    assert name(chosen(scikit_learn="1.4.0")) is None


def test_without_any_version_it_is_the_default():
    assert choose({}, {}, CATALOG) == Choice(CATALOG[-1])
    assert name(chosen(scikit_learn="unknown")) == DEFAULT_RUNTIME
    assert chosen(scikit_learn="unknown").version is None


@pytest.mark.parametrize(
    ("booster", "runtime"),
    [
        ("1.6.0", "sklearn-0.24"),
        ("1.7.1", "sklearn-1.3"),  # of two with the same XGBoost the newer scikit-learn
        ("2.0.0", "sklearn-1.5"),
        ("3.2.0", DEFAULT_RUNTIME),
        ("4.0.0", DEFAULT_RUNTIME),
    ],
)
def test_a_booster_alone_gets_the_oldest_xgboost_that_can_read_it(booster, runtime):
    assert name(chosen(xgboost=[booster])) == runtime
    assert name(choose({}, {"xgboost": booster}, CATALOG)) == runtime


def test_a_booster_that_is_newer_than_its_runtime_s_is_a_sentence_and_no_other_runtime():
    choice = chosen(["1.3.2"], ["2.1.0"])
    assert name(choice) == "sklearn-1.3"
    (finding,) = choice.findings
    assert "written by XGBoost 2.1.0, and the runtime sklearn-1.3 has 1.7.6" in finding
    assert 'make runtime SKLEARN=1.3 WITH="xgboost==2.1.0"' in finding


def test_a_booster_of_the_same_minor_is_no_finding():
    assert chosen(["1.3.2"], ["1.7.9"]).findings == ()


def test_a_runtime_without_xgboost_can_read_no_booster():
    catalog = (Runtime(DEFAULT_RUNTIME, "3.13", {"scikit-learn": "1.9.1"}),)
    (finding,) = choose({"xgboost": ["1.0.0"]}, {}, catalog).findings
    assert f"the runtime {DEFAULT_RUNTIME} has none" in finding


def test_every_runtime_of_this_repository_is_chosen_by_its_own_versions():
    catalog = read_catalog(FOLDER)
    for runtime in catalog:
        versions = {"sklearn": [runtime.versions["scikit-learn"]]}
        assert choose(versions, {}, catalog).runtime == runtime


texts = st.text(max_size=8) | st.from_regex(r"[0-9.]{1,12}", fullmatch=True) | st.just("9" * 5_000)


@given(st.lists(texts), st.lists(texts), texts, texts)
def test_any_texts_are_a_choice(sklearn, xgboost, declared_sklearn, declared_xgboost):
    versions = {"sklearn": sklearn, "xgboost": xgboost}
    declared = {"scikit-learn": declared_sklearn, "xgboost": declared_xgboost}
    choice = choose(versions, declared, CATALOG)
    assert choice.runtime in CATALOG or choice.findings


@pytest.mark.parametrize("ending", ["$(touch x)", "`x`", '"; x', " x", "\n", "x" * 100])
@pytest.mark.parametrize("name", ["xgboost", "scikit-learn"])
def test_what_is_no_version_stands_in_no_finding(name, ending):
    assert choose({}, {name: "99.9"}, CATALOG).findings
    assert choose({}, {name: f"99.9{ending}"}, CATALOG).findings == ()
