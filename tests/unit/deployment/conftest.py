"""Programs of a cloud's command line, faked on the PATH: they record their calls and answer."""

import json
import os
import sys
from pathlib import Path

import pytest

_PROGRAM = """#!{python}
import json, pathlib, sys
with open({record!r}, "a") as record:
    record.write(json.dumps([{name!r}, *sys.argv[1:]]) + "\\n")
folder = pathlib.Path({folder!r})
{body}
"""


class Programs:
    """Fake programs; the body of each sees `sys.argv` and keeps what it knows in `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._record = folder / "calls"
        self._record.touch()

    def add(self, name, body=""):
        path = self.folder / name
        variables = {"python": sys.executable, "record": str(self._record), "name": name}
        path.write_text(_PROGRAM.format(**variables, folder=str(self.folder), body=body))
        path.chmod(0o755)

    @property
    def calls(self):
        return [json.loads(line) for line in self._record.read_text().splitlines()]

    def called(self, *start):
        """Calls that begin with these words, without them."""
        size = len(start)
        return [call[size:] for call in self.calls if call[:size] == list(start)]


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Programs(folder)
