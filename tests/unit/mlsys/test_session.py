import os

import pytest

from mlsys.session import session
from shared.errors import InvalidArgument


@pytest.fixture(autouse=True)
def new_session(monkeypatch, tmp_path):
    """A process without clients, in a folder of its own."""
    folder = tmp_path / "project" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    for name in ("GCP_PROJECT_ID", "GCP_REGION", "MLSYS_ENV"):
        monkeypatch.setenv(name, "")  # so that whatever .env sets is undone afterwards
        monkeypatch.delenv(name)
    session.cache_clear()
    yield folder
    session.cache_clear()


def test_settings_come_from_the_nearest_env_file_above_the_working_folder(new_session):
    (new_session.parent / ".env").write_text("GCP_PROJECT_ID=from-file\nexport MLSYS_ENV='prod'\n")
    assert session().settings.project_id == "from-file"
    assert session().settings.models_bucket == "mlsys-models-prod"
    assert os.environ["GCP_PROJECT_ID"] == "from-file", "Google's libraries read it themselves"


def test_the_environment_wins_over_the_file(new_session, monkeypatch):
    (new_session / ".env").write_text("GCP_PROJECT_ID=from-file\nGCP_REGION=from-file\n")
    monkeypatch.setenv("GCP_PROJECT_ID", "from-environment")
    settings = session().settings
    assert (settings.project_id, settings.region) == ("from-environment", "from-file")


def test_clients_are_created_once(monkeypatch):
    monkeypatch.setenv("GCP_PROJECT_ID", "my-project")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    assert session() is session()
    assert session().storage is session().storage


def test_a_missing_setting_is_named():
    with pytest.raises(InvalidArgument, match="GCP_PROJECT_ID is not set"):
        session()
