"""From bytes to an object, or to a sentence that completes "the file …"."""

import io
import pickle
import sys
from pathlib import Path
from types import ModuleType

import joblib
import pytest

from runtimes.model_process import loading
from runtimes.model_process.errors import ModelError
from runtimes.model_process.loading import import_strict_loader, load, words
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.pickles.test_attacks import LOADED
from tests.unit.jobs.pickles.test_honest import FORMS
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import AGES, dumped, naming

ROOT = Path(__file__).parents[4]
STRICT = {"strict": True, "allowed_names": []}


@pytest.fixture(scope="module", autouse=True)
def strict_loader():
    import_strict_loader(str(ROOT), "jobs")


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """A load replaces `__main__`, which here is the tests' own."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.mark.parametrize("options", [{}, STRICT], ids=["walled", "strict"])
@pytest.mark.parametrize("form", FORMS)
def test_a_model_is_loaded_from_every_form_of_a_file(form, options):
    loaded = load(FORMS[form](models.regression()), options)
    assert loaded.predict(AGES).tolist() == models.regression().predict(AGES).tolist()


def test_a_model_of_another_release_is_loaded_without_a_warning():
    assert load(models.of_another_version("1.8.0"), {}).predict([[30.0]]).shape == (1,)


@pytest.mark.parametrize(
    ("content", "sentence", "reason"),
    [
        (b"", "cannot be loaded: EOFError", "MODEL_UNREADABLE"),
        (b"nonsense", "cannot be loaded: ", "MODEL_UNREADABLE"),
        (dumped(models.pipeline())[:-90], "cannot be loaded: ", "MODEL_UNREADABLE"),
        (naming("nobody_has_it", "M"), "needs the package nobody_has_it", "PACKAGE_MISSING"),
        (naming("nobody.has.it", "M"), "needs the package nobody", "PACKAGE_MISSING"),
        (
            naming("sklearn.nobody_has_it", "M"),
            "names the module sklearn.nobody_has_it, which the runtime's release of sklearn",
            "MODEL_UNREADABLE",
        ),
        (
            naming("sklearn.svm", "NobodyHasIt"),
            "cannot be loaded: AttributeError: ",
            "MODEL_UNREADABLE",
        ),
        (naming("__main__", "Clip"), "cannot be loaded: AttributeError: ", "MODEL_UNREADABLE"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_a_file_that_cannot_be_loaded_is_a_sentence(content, sentence, reason):
    with pytest.raises(ModelError) as caught:
        load(content, {})
    assert str(caught.value).startswith(sentence)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "needs more memory than a model may take"),
        (ModuleNotFoundError("install it"), "cannot be loaded: ModuleNotFoundError: install it"),
        (ModelError("is odd", "ODD"), "is odd"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_loading_raises_is_a_sentence(monkeypatch, error, sentence):
    def raising(_file):
        raise error

    monkeypatch.setattr(loading.joblib, "load", raising)
    with pytest.raises(ModelError, match=sentence):
        load(b"", {})


def test_a_pickle_finds_nothing_of_this_program_in_main(monkeypatch):
    program = ModuleType("__main__")
    program.secret = "this program's"
    monkeypatch.setitem(sys.modules, "__main__", program)
    with pytest.raises(ModelError):
        load(naming("__main__", "secret"), {})
    assert not hasattr(sys.modules["__main__"], "secret")


def test_under_the_policy_strict_no_attack_runs(tmp_path):
    marker = tmp_path / "marker"
    for name, content in attacks(marker).items():
        if name not in LOADED:
            with pytest.raises(ModelError):
                load(content, STRICT)
        assert not marker.exists(), name


def test_without_it_code_runs_which_is_why_there_is_a_wall(tmp_path):
    marker = tmp_path / "marker"
    load(attacks(marker)["os.system"], {})
    assert marker.exists()


def test_under_the_policy_strict_further_names_may_be_allowed(tmp_path, monkeypatch):
    (tmp_path / "own_strict.py").write_text("class Double:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    content = naming("own_strict", "Double")
    with pytest.raises(ModelError, match=r"own_strict\.Double"):
        load(content, STRICT)
    allowed = {"strict": True, "allowed_names": ["own_strict:Double"]}
    assert type(load(content, allowed)).__name__ == "Double"


def test_the_strict_loader_s_folder_leaves_the_path_again(tmp_path):
    before = list(sys.path)
    import_strict_loader(str(tmp_path), "jobs")
    assert sys.path == before


def test_a_process_without_the_strict_loader_loads_nothing_strictly(monkeypatch):
    monkeypatch.setattr(loading, "_STRICT", {})
    with pytest.raises(ModelError, match="in a process that was not started for it"):
        load(dumped(models.regression()), STRICT)


def test_words_are_one_line_of_bounded_length():
    assert words(ValueError("a\n b")) == "ValueError: a b"
    assert len(words(ValueError("x" * 10_000))) == 300


def test_an_error_that_cannot_be_written_is_told_by_its_type():
    class SilentError(Exception):
        def __str__(self):
            raise ValueError("no")

    assert words(SilentError()) == "SilentError: "


def test_joblib_s_arrays_beside_the_pickle_are_not_looked_for():
    buffer = io.BytesIO()
    joblib.dump({"a": 1}, buffer)
    assert load(buffer.getvalue(), {}) == {"a": 1}
    assert load(pickle.dumps([1]), {}) == [1]
