import os
import sys
from pathlib import Path

import pytest

from runtimes.interpreters import find_interpreter


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without Pythons: its PATH and its home are empty."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def program(path, exit_code):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return str(path)


def test_the_python_that_runs_this_is_taken_where_it_fits(machine):
    minor = ".".join(map(str, sys.version_info[:2]))
    assert find_interpreter(minor) == sys.executable


def test_the_python_of_the_path_is_taken(machine):
    found = program(machine / "bin/python3.7", 0)
    program(machine / "home/.pyenv/versions/3.7.1/bin/python", 0)
    assert find_interpreter("3.7") == found


def test_behind_a_shim_that_does_not_run_the_newest_python_of_a_version_manager_is_found(machine):
    program(machine / "bin/python3.7", 127)
    versions = machine / "home/.pyenv/versions"
    program(versions / "3.7.9/bin/python", 0)
    newest = program(versions / "3.7.17/bin/python", 0)
    program(versions / "3.71.0/bin/python", 0)
    assert find_interpreter("3.7") == newest


def test_a_python_of_another_minor_is_not_taken(machine):
    link = machine / "bin/python3.7"
    link.parent.mkdir()
    link.symlink_to(Path(sys.executable).resolve())
    assert os.access(link, os.X_OK)
    assert find_interpreter("3.7") is None
