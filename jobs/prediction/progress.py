"""How far a task has come: a line on a terminal, a log record and a note in the run's folder."""

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
        note: name of the object that tells the gateway.
        of: about how many there are in the whole run.
        rows: those that this task or an earlier attempt at it has scored.
    """

    folder: RunFolder
    note: str
    of: int
    rows: int
    terminal: TextIO | None = field(default_factory=lambda: terminal(sys.stderr))
    _scored: int = 0
    _started: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches; each is counted when the next one is asked for, so when it is kept."""
        for batch in batches:
            yield batch
            self.rows += batch.num_rows
            self._scored += batch.num_rows
            self._show(time.monotonic())

    def finish(self) -> None:
        """Tell the last word."""
        if self.terminal:
            self.terminal.write(f"\r{self.line}\n")
        self._leave_note()

    @property
    def rows_per_second(self) -> int:
        """The speed of this attempt."""
        return int(self._scored / max(time.monotonic() - self._started, 1e-3))

    @property
    def line(self) -> str:
        """A bar for a terminal."""
        return progress_line(self.rows, self.of, "rows", self.rows_per_second)

    def _show(self, now: float) -> None:
        if self.terminal and now - self._drawn >= _DRAW_SECONDS:
            self._drawn = now
            self.terminal.write(f"\r{self.line}")
            self.terminal.flush()
        if now - self._told >= _LOG_SECONDS:
            self._told = now
            self._log()
            self._leave_note()

    def _log(self) -> None:
        if not self.terminal:
            numbers = {"rows": self.rows, "of": self.of, "rows_per_second": self.rows_per_second}
            log.info(
                "scored %s of about %s rows, %s rows/s",
                f"{self.rows:,}",
                f"{self.of:,}",
                f"{self.rows_per_second:,}",
                extra={"progress": numbers | {"run_id": self.folder.run_id}},
            )

    def _leave_note(self) -> None:
        try:
            self.folder.write_progress(self.note, TaskProgress(rows=self.rows, of=self.of))
        except MlsysError as error:
            log.warning("the gateway cannot be told how far this task has come: %s", error)
