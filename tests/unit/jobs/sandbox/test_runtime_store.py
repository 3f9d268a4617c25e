from pathlib import Path

import pytest

from jobs.sandbox import runtime_store
from jobs.sandbox.runtime_store import RuntimeStore
from runtimes.catalog import DEFAULT_RUNTIME
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings
from tests.model_runtimes import FOLDER


def settings(**environ):
    return Settings.from_environ({"GCP_PROJECT_ID": "p", **environ})


@pytest.fixture
def installed(monkeypatch):
    """Stands for the installation: a runtime is there once it was installed."""
    names = []
    monkeypatch.setattr(runtime_store, "is_installed", lambda name, _: name in names)
    monkeypatch.setattr(runtime_store, "install", lambda name, _, progress: names.append(name))
    monkeypatch.setattr(runtime_store, "interpreter", lambda name, folder: folder / name / "python")
    return names


def test_the_runtime_of_this_repository_has_a_python():
    python = RuntimeStore(FOLDER).interpreter(DEFAULT_RUNTIME)
    assert python.is_absolute()
    assert python.exists()


def test_a_relative_folder_gives_absolute_interpreters(installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    installed.append(DEFAULT_RUNTIME)
    found = RuntimeStore(Path("here")).interpreter(DEFAULT_RUNTIME)
    assert found == tmp_path / "here" / DEFAULT_RUNTIME / "python"


def test_the_default_runtime_is_in_the_catalogue():
    assert DEFAULT_RUNTIME in [runtime.name for runtime in RuntimeStore(FOLDER).catalog]


def test_a_missing_runtime_is_the_operator_s_to_add(installed, tmp_path):
    store = RuntimeStore(tmp_path)
    with pytest.raises(FailedPrecondition, match=r"the operator adds sklearn-0\.24 to") as caught:
        store.interpreter("sklearn-0.24")
    assert caught.value.reason == "RUNTIME_MISSING"
    with pytest.raises(FailedPrecondition, match=f"{DEFAULT_RUNTIME} is not part of this depl"):
        store.interpreter(DEFAULT_RUNTIME)
    assert installed == []


def test_on_a_laptop_a_missing_runtime_is_installed_once(installed, tmp_path):
    store = RuntimeStore(tmp_path, installs=True)
    assert store.interpreter("sklearn-1.5") == store.interpreter("sklearn-1.5")
    assert installed == ["sklearn-1.5"]


def test_a_deployment_names_its_folder():
    assert RuntimeStore.of(settings(MLSYS_RUNTIMES_FOLDER="/r")) == RuntimeStore(Path("/r"))
    store = RuntimeStore.of(settings(MLSYS_RUNTIMES_FOLDER="/r", MLSYS_INSTALL_RUNTIMES="yes"))
    assert store == RuntimeStore(Path("/r"), installs=True)


def test_an_image_has_a_folder_of_its_own_and_installs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime_store, "_IMAGE_FOLDER", tmp_path)
    assert RuntimeStore.of(settings()) == RuntimeStore(tmp_path)


def test_anywhere_else_the_user_s_cache_grows(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime_store, "_IMAGE_FOLDER", tmp_path / "none")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert RuntimeStore.of(settings()) == RuntimeStore(
        tmp_path / ".cache" / "mlsys" / "runtimes", installs=True
    )
