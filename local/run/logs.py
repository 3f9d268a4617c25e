"""What tasks print: one file a task, all attempts in it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from local.run.formats import timestamp
from local.run.tasks import Task


class Logs:
    """The folder `{execution}/{task_index}.log`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def opened(self, task: Task, now: datetime) -> BinaryIO:
        """Return the log of a task, opened to append, with a line that marks the attempt."""
        path = self._path(task.execution, task.index)
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("ab", buffering=0)
        start = "\n" if log.tell() else ""
        log.write(f"{start}--- attempt {task.retried}, {timestamp(now)}\n".encode())
        return log

    def indexes(self, execution: str) -> list[int]:
        """Return the indexes of the tasks that have a log."""
        return sorted(int(path.stem) for path in (self._folder / execution).glob("*.log"))

    def text(self, execution: str, indexes: Iterable[int]) -> Iterator[bytes]:
        """Yield the logs of an execution, each under the name of its task."""
        for index in indexes:
            yield f"=== {execution}-task{index}\n".encode()
            yield self._path(execution, index).read_bytes()

    def _path(self, execution: str, index: int) -> Path:
        return self._folder / execution / f"{index}.log"
