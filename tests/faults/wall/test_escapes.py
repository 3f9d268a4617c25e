"""Whatever a model tries while it is unpickled or asked, the kernel refuses it."""

import select
from pathlib import Path

import pytest

from tests.faults.wall.attack import ATTACKS
from tests.faults.wall.catalogue import NAMES, attempt


def snapshot(folder):
    """Every file below a folder, with what could be changed of it."""
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in (Path(folder), *Path(folder).rglob("*"))
    }


def left_behind(marker):
    folders = (Path("/tmp"), Path("/dev/shm"))
    return [path for folder in folders for path in folder.glob(f"{marker}*")]


@pytest.mark.parametrize("when", ["load", "predict"])
@pytest.mark.parametrize("name", NAMES)
def test_an_escape_is_refused(name, when, server, world, wall, listeners, marker):
    before = snapshot(world["folder"])
    assert attempt(server, world, name, when, wall) == ATTACKS[name].behind
    assert snapshot(world["folder"]) == before
    assert left_behind(marker) == []
    assert select.select(list(listeners.values()), [], [], 0)[0] == []
