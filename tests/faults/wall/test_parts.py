"""Each part of the wall is needed: an attack finds that it is left out."""

import json
import os
import subprocess
import sys

import pytest

from jobs.sandbox import fork_server, shared_rows
from jobs.sandbox.fork_server import ForkServer
from shared.errors import FailedPrecondition
from tests.faults.wall.attack import ATTACKS
from tests.faults.wall.catalogue import attempt
from tests.faults.wall.conftest import REPOSITORY

_IS_ROOT = os.geteuid() == 0

# Parts, an attack that finds that they are left out, and what it says then.
FOUND = [
    (("filter", "self-check"), "open a netlink socket", "escaped"),
    (("landlock",), "read a secret", "escaped"),
    # Only root has what would be left.
    (("landlock", "capabilities"), "read the memory map of the parent", "escaped"),
    (("limits",), "open many files", "escaped"),
    (("limits",), "use much memory", "escaped"),
    (("limits",), "compute for some seconds", "escaped"),
    (("limits", "watch"), "start many threads", "escaped"),
    (("closing",), "find a descriptor that is neither null nor a pipe", "escaped"),
]


@pytest.mark.parametrize(("parts", "name", "expected"), FOUND)
def test_an_attack_finds_that_a_part_is_left_out(
    parts, name, expected, server_without, world, wall
):
    if "capabilities" in parts and not _IS_ROOT:
        expected = ATTACKS[name].behind
    assert attempt(server_without(*parts), world, name, "load", wall).startswith(expected)


def test_an_attack_finds_rows_that_are_not_sealed(server, world, wall, monkeypatch):
    monkeypatch.setattr(shared_rows, "_seal", lambda _: None)
    outcome = attempt(server, world, "make the shared rows writable", "load", wall)
    assert outcome.startswith("escaped")


def test_an_attack_finds_an_environment_that_is_passed_on(
    interpreter, world, wall, monkeypatch, marker
):
    monkeypatch.setattr(fork_server, "ENVIRONMENT", dict(os.environ))
    with ForkServer(interpreter) as server:
        outcome = attempt(server, world, "find a secret in the environment", "load", wall)
    assert marker in outcome


def test_a_wall_without_no_new_privs_is_refused(server_without, world, wall):
    # Landlock and the filter both want it, of everybody who lacks capabilities.
    server = server_without("no new privileges", "landlock")
    with pytest.raises(FailedPrecondition, match="prctl 22: Permission denied"):
        attempt(server, world, "read a secret", "load", wall)


_AS_ANYBODY = """
import json, os, sys
from pathlib import Path
from jobs.sandbox import fork_server
from runtimes.model_process import wall
from tests.faults.wall.catalogue import attempt
from tests.faults.wall.planting import PlantedServer, filter_with

interpreter, folder, world, is_hidden = json.loads(sys.argv[1])
wall._drop_capabilities()  # root is then the owner of its processes, and no more
if not is_hidden:
    fork_server.hide_memory = lambda: None
world["parent"] = os.getpid()
with PlantedServer(Path(interpreter), Path(folder)) as planted:
    server = planted.without("landlock")
    print(attempt(server, world, "read the environment of the parent", "load", filter_with()))
"""


@pytest.mark.parametrize(("is_hidden", "expected"), [(True, "EACCES"), (False, "escaped")])
def test_without_landlock_the_parent_is_hidden_because_it_is_not_dumpable(
    is_hidden, expected, interpreter, world, tmp_path
):
    arguments = json.dumps([str(interpreter), str(tmp_path), world, is_hidden])
    command = [sys.executable, "-c", _AS_ANYBODY, arguments]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith(expected), ran.stderr
