"""A progress bar: a line that redraws itself on a terminal, and nothing anywhere else."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

_DRAW_SECONDS = 0.2
_WIDTH = 24


def terminal(stream: TextIO) -> TextIO | None:
    """The stream if a person watches it, else None."""
    return stream if stream.isatty() else None


def progress_line(done: int, of: int, unit: str, per_second: int) -> str:
    """A bar for a terminal, e.g. `████░░ 20 of 30 rows, 5 rows/s`."""
    share = min(done / of, 1.0) if of else 1.0
    bar = ("█" * round(share * _WIDTH)).ljust(_WIDTH, "░")
    return f"{bar} {done:,} of {of:,} {unit}, {per_second:,} {unit}/s "


@dataclass
class ProgressBar:
    """How many of a known number of things are done; `with` it, the line ends as it should."""

    unit: str
    of: int
    terminal: TextIO | None = field(default_factory=lambda: terminal(sys.stderr))
    done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def counted[T](self, things: Iterable[T]) -> Iterator[T]:
        """The same things, each counted when it comes."""
        for thing in things:
            self.done += 1
            if time.monotonic() - self._drawn >= _DRAW_SECONDS:
                self._draw()
            yield thing

    def show(self, done: int, of: int) -> None:
        """Draw how many are done by now, and of how many."""
        self.done, self.of = done, of
        if of:
            self._draw()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Draw it a last time and leave the line."""
        if self.terminal and self.of:
            self._draw()
            self.terminal.write("\n")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        if self.terminal:
            speed = int(self.done / max(self._drawn - self._started, 1e-3))
            self.terminal.write(f"\r{progress_line(self.done, self.of, self.unit, speed)}")
            self.terminal.flush()
