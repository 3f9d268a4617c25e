"""Somebody who types a page's commands, block after block, into a shell and an interpreter."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.docs.pages import Block

_SECONDS = 240

# The interpreter keeps its names from block to block, as a notebook does.
_INTERPRETER = """
import contextlib, io, json, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    code, place, names["block"] = json.loads(line)
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told):
            exec(compile(code, place, "exec"), names)
        failure = ""
    except BaseException:
        failure = traceback.format_exc()
    print(json.dumps([told.getvalue(), failure]), flush=True)
"""

# What somebody does with SQL on a page: paste it where queries are run.
_QUERY = "from mlsys import bq_get; print(bq_get(block))"


class Reader:
    """A shell and an interpreter in one folder; what is exported in the one reaches the other."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._python: subprocess.Popen[str] | None = None

    def run(self, block: Block) -> str:
        """Run a block; what it prints is returned. A command that fails fails the test."""
        if block.language == "sh":
            return self._shell(block)
        return self._interpret(block.runnable if block.language == "python" else _QUERY, block)

    def _shell(self, block: Block) -> str:
        after = self._folder / ".environment"
        script = f"set -euo pipefail\n{block.runnable}\nset +x\nenv -0 > {after}\n"
        finished = subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        told = f"{block.page}:{block.line}\n{block.code}\n{finished.stdout}\n{finished.stderr}"
        assert finished.returncode == block.exits, told
        if not block.exits:
            pairs = after.read_text().split("\0")
            self._environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        return finished.stdout

    def _interpret(self, code: str, block: Block) -> str:
        python = self._started()
        asked = [code, f"{block.page}:{block.line}", block.code]
        python.stdin.write(json.dumps(asked) + "\n")
        python.stdin.flush()
        answer = python.stdout.readline()
        assert answer, f"{block.page}:{block.line}: the interpreter ended\n{block.code}"
        told, failure = json.loads(answer)
        assert not failure, f"{block.page}:{block.line}\n{block.code}\n{failure}"
        return told

    def _started(self) -> "subprocess.Popen[str]":
        if self._python is None:
            self._python = subprocess.Popen(
                [sys.executable, "-c", _INTERPRETER],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._python

    def close(self) -> None:
        """End the interpreter."""
        if self._python:
            self._python.stdin.close()
            self._python.wait(_SECONDS)
            self._python.stdout.close()
