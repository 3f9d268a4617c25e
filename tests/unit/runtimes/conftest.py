"""uv without a network: what it finds is in the folder `links` alone."""

import pytest


@pytest.fixture
def links(tmp_path, monkeypatch):
    folder = tmp_path / "links"
    folder.mkdir()
    for name, value in {
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(folder),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def definitions(tmp_path):
    folder = tmp_path / "definitions"
    folder.mkdir()
    return folder
