"""A model's process reads modules, and what lies beside them stays out of its sight."""

import os
import sys

import pytest

from runtimes import model_process
from runtimes.model_process.readable_paths import listed_folders, readable_paths


def test_the_runtime_is_readable_and_the_machine_s_root_is_not():
    paths = readable_paths(["", "/somewhere/site-packages"])
    assert {sys.prefix, sys.base_prefix, "/somewhere/site-packages"} <= set(paths)
    assert os.path.dirname(model_process.__file__) in paths  # noqa: PTH120
    assert not {"", "/", "/usr", "/etc", "/proc", "/home", "/tmp", "/root"} & set(paths)


def test_of_a_project_on_the_import_path_only_modules_are_readable(tmp_path):
    for path in ("model.py", "native.cpython-313.so", "package/__init__.py", "space/part/x.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "project-1.0.dist-info").mkdir()
    for path in (".env", "key.json", "keys/key.json", ".git/hook.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    import_path = [str(tmp_path), sys.prefix, ""]
    assert listed_folders(import_path) == [str(tmp_path)]
    found = {each for each in readable_paths(import_path) if each.startswith(str(tmp_path))}
    names = {"model.py", "native.cpython-313.so", "package", "project-1.0.dist-info", "space"}
    assert found == {str(tmp_path / name) for name in names}


def test_a_folder_that_nobody_may_list_has_no_modules(tmp_path, monkeypatch):
    (tmp_path / "package").mkdir()
    scanned = os.scandir

    def refuse(path):
        if path != str(tmp_path):
            raise PermissionError
        return scanned(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert str(tmp_path / "package") not in readable_paths([str(tmp_path)])


@pytest.mark.parametrize("prefix", ["/", "/usr", "/usr/local"])
def test_a_python_of_the_system_leaves_the_system_unreadable(prefix, monkeypatch):
    for name in ("prefix", "base_prefix", "exec_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, prefix)
    assert prefix not in readable_paths([])
