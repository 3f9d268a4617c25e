"""The progress of a task: on a terminal, in the log, and in the run's folder."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

import pyarrow as pa

from jobs.progress_bar import progress_line, terminal
from shared.errors import MlsysError
from shared.runs.documents import TaskProgress
from shared.runs.folder import RunFolder

log = logging.getLogger(__name__)

_LOG_SECONDS = 10.0
_DRAW_SECONDS = 0.2


@dataclass
class Progress:
    """The rows that one task has scored.

    Attributes:
        object_name: of the object in the run's folder, which the gateway reads.
        total: estimated rows of the whole run.
        rows: rows that this task, its earlier attempts included, has scored.
    """

    folder: RunFolder
    object_name: str
    total: int
    rows: int
    terminal: TextIO | None = field(default_factory=lambda: terminal(sys.stderr))
    _scored: int = 0
    _started: float = field(default_factory=time.monotonic)
    _recorded_at: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches; each is counted when the next is requested, so after it was written."""
        for batch in batches:
            yield batch
            self.rows += batch.num_rows
            self._scored += batch.num_rows
            self._show(time.monotonic())

    def finish(self) -> None:
        """Report the final number of rows."""
        if self.terminal:
            self.terminal.write(f"\r{self.line}\n")
        self._record()

    @property
    def rows_per_second(self) -> int:
        """The speed of this attempt."""
        return int(self._scored / max(time.monotonic() - self._started, 1e-3))

    @property
    def line(self) -> str:
        """The progress as a line for a terminal."""
        return progress_line(self.rows, self.total, "rows", self.rows_per_second)

    def _show(self, now: float) -> None:
        if self.terminal and now - self._drawn >= _DRAW_SECONDS:
            self._drawn = now
            self.terminal.write(f"\r{self.line}")
            self.terminal.flush()
        if now - self._recorded_at >= _LOG_SECONDS:
            self._recorded_at = now
            self._log()
            self._record()

    def _log(self) -> None:
        if not self.terminal:
            numbers = {"rows": self.rows, "of": self.total, "rows_per_second": self.rows_per_second}
            log.info(
                "scored %s of about %s rows, %s rows/s",
                f"{self.rows:,}",
                f"{self.total:,}",
                f"{self.rows_per_second:,}",
                extra={"progress": numbers | {"run_id": self.folder.run_id}},
            )

    def _record(self) -> None:
        try:
            self.folder.write_progress(
                self.object_name, TaskProgress(rows=self.rows, of=self.total)
            )
        except MlsysError as error:
            log.warning("the progress of this task could not be recorded: %s", error)
