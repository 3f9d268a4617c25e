"""A progress bar on a terminal; it writes nothing to files and pipes."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

_DRAW_SECONDS = 0.2
_WIDTH = 24


def terminal(stream: TextIO) -> TextIO | None:
    """The stream if it is a terminal, else None."""
    return stream if stream.isatty() else None


def progress_line(done: int, total: int, unit: str, per_second: int) -> str:
    """The bar as text, e.g. `████░░ 20 of 30 rows, 5 rows/s`."""
    share = min(done / total, 1.0) if total else 1.0
    bar = ("█" * round(share * _WIDTH)).ljust(_WIDTH, "░")
    return f"{bar} {done:,} of {total:,} {unit}, {per_second:,} {unit}/s "


@dataclass
class ProgressBar:
    """Counts items on a terminal's line; a context manager that ends the line.

    Attributes:
        unit: what the items are, in the plural.
        total: the expected number of items.
        done: the number of items so far.
    """

    unit: str
    total: int
    terminal: TextIO | None = field(default_factory=lambda: terminal(sys.stderr))
    done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def counted[T](self, items: Iterable[T]) -> Iterator[T]:
        """The same items; each is counted before it is returned."""
        for item in items:
            self.done += 1
            if time.monotonic() - self._drawn >= _DRAW_SECONDS:
                self._draw()
            yield item

    def show(self, done: int, total: int) -> None:
        """Draw the line with these numbers; nothing while the total is unknown, so 0."""
        self.done, self.total = done, total
        if total:
            self._draw()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Draw the final state and end the line."""
        if self.terminal and self.total:
            self._draw()
            self.terminal.write("\n")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        if self.terminal:
            speed = int(self.done / max(self._drawn - self._started, 1e-3))
            self.terminal.write(f"\r{progress_line(self.done, self.total, self.unit, speed)}")
            self.terminal.flush()
