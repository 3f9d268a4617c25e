import os
import sys

import pytest

from runtimes.uv import find_uv, run_uv, runs
from shared.errors import FailedPrecondition


def program(path, script):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    return tmp_path


def test_the_uv_of_the_path_is_taken_where_it_runs(machine):
    program(machine / "venv/bin/uv", "exit 0")
    found = program(machine / "bin/uv", "exit 0")
    assert find_uv() == found


def test_a_shim_without_a_uv_behind_it_is_passed_over(machine):
    program(machine / "bin/uv", "exit 127")
    beside = program(machine / "venv/bin/uv", "exit 0")
    assert find_uv() == beside


def test_who_has_no_uv_is_told_how_to_get_it(machine):
    with pytest.raises(FailedPrecondition, match="pip install uv"):
        find_uv()


def test_what_uv_says_last_is_in_the_error(machine, tmp_path):
    lines = "; ".join(f"echo line {number} >&2" for number in range(40))
    program(machine / "bin/uv", f'[ "$1" = --version ] || {{ {lines}; exit 2; }}')
    with pytest.raises(FailedPrecondition, match="compiling failed") as raised:
        run_uv("pip", folder=tmp_path, purpose="compiling")
    assert raised.value.detail.splitlines()[-1] == "line 39"
    assert "line 3\n" not in raised.value.detail


def test_a_program_that_is_none_does_not_run(tmp_path):
    (tmp_path / "text").write_text("text")
    assert not runs(str(tmp_path / "text"))
    assert not runs(str(tmp_path / "missing"))
