"""The models that authors have fitted, each in an environment of its own, and the authors' answers.

An author's environment is installed from the pins of a runtime, but is not the runtime: a second
installation must give the same bits. Both are kept in `.authors`, until pins or kinds change.
"""

import fcntl
import hashlib
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from runtimes.catalog import FOLDER
from runtimes.installation import install

ROOT = Path(__file__).parents[2]
RUNTIMES, AUTHORS = ROOT / ".runtimes", ROOT / ".authors"
_PROGRAM = Path(__file__).parent / "author"
_FIT_SECONDS = 900
# A run scores with a thread for each processor: no bit may depend on it. And small models are
# fitted faster so, on a machine that has other work to do.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class FittedModel:
    """A model.pkl with its metadata.json, and rows with its author's answers."""

    folder: Path

    @property
    def kind(self) -> str:
        return self.folder.name

    @property
    def content(self) -> bytes:
        return (self.folder / "model.pkl").read_bytes()

    @cached_property
    def metadata(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "metadata.json").read_text())
        return content

    @cached_property
    def _table(self) -> pa.Table:
        return pq.read_table(self.folder / "answers.parquet")

    @property
    def rows(self) -> pa.RecordBatch:
        """The rows that the author has asked the model about."""
        (batch,) = self._table.select(self.metadata["features"]).combine_chunks().to_batches()
        return batch

    @property
    def predictions(self) -> list[list[Any]]:
        """The author's predictions, a list for each output."""
        return self._answers("prediction")

    @property
    def probabilities(self) -> list[list[Any]]:
        """The author's probabilities, a list for each output that has them."""
        return self._answers("probability")

    def _answers(self, what: str) -> list[list[Any]]:
        names = [name for name in self._table.column_names if name.startswith(f"{what}_")]
        return [self._table[name].to_pylist() for name in names]


def zoo(runtime: str) -> list[FittedModel]:
    """Every kind of model that there is in a runtime, fitted by an author, by name.

    Installs the author's environment and fits the models, unless that was done before.
    """
    interpreter = install(runtime, AUTHORS, print)
    folder = AUTHORS / f"{runtime}-zoo"
    with (AUTHORS / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest(runtime)
        marker = folder / ".digest"
        if not marker.exists() or marker.read_text() != digest:
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(
                [interpreter, "-I", _PROGRAM, folder],
                check=True,
                timeout=_FIT_SECONDS,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
            )
            marker.write_text(digest)
    return [FittedModel(path) for path in sorted(folder.iterdir()) if path.is_dir()]


def _digest(runtime: str) -> str:
    pins = FOLDER / runtime / "requirements.txt"
    content = b"".join(path.read_bytes() for path in [pins, *sorted(_PROGRAM.glob("*.py"))])
    return hashlib.sha256(content).hexdigest()


def differences(expected: Sequence[Any], found: Sequence[Any]) -> str:
    """How answers differ from the author's, "" when every one has the same type and the same bits.

    Args:
        expected: the author's answers.
        found: as many answers.
    """
    if len(expected) != len(found):
        return f"{len(found)} answers instead of {len(expected)}"
    pairs = enumerate(zip(expected, found, strict=True))
    differing = [(row, a, b) for row, (a, b) in pairs if _bits(a) != _bits(b)]
    if not differing:
        return ""
    row, a, b = differing[0]
    return f"{len(differing)} answers differ, the first in row {row}: {b!r} instead of {a!r}"


def _bits(value: Any) -> Any:
    """A value that equals another one if both have the same type and the same bits."""
    if isinstance(value, float):
        # There are many NaN; one says as much as another.
        return float, "nan" if value != value else struct.pack(">d", value)  # noqa: PLR0124
    return type(value), value
