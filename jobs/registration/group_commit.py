"""Group commit: events that are registered at the same time share one append to the log.

BigQuery takes as long for one row as for hundreds. While one append runs, the events of other
threads queue up; then one of these threads appends them all. A thread without others in progress
appends at once; otherwise it lingers briefly for their events. `append` returns only after BigQuery
has acknowledged the row.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Condition, Lock

from shared.errors import Transient
from shared.registry.events import RegistryEvent

# A few times the duration of a request: fewer and larger requests use less of BigQuery's quota.
_LINGER_SECONDS = 0.5


class TooManyEvents(Transient):
    """The process has as many events in progress as it may; a later delivery can succeed."""

    reason = "TOO_MANY_EVENTS"


class GroupCommit:
    """An append to the log that many threads share."""

    def __init__(self, append: Callable[[Sequence[RegistryEvent]], None], *, max_events: int):
        """`append` writes the rows; at most `max_events` events may be in progress at a time."""
        self._append = append
        self._max_events = max_events
        lock = Lock()
        self._changed = Condition(lock)
        self._arrived = Condition(lock)
        self._in_progress = 0
        self._waiting: list[tuple[RegistryEvent, Future[None]]] = []
        self._is_appending = False

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Count an event as in progress; a bound on them bounds the memory of their objects.

        Raises:
            TooManyEvents: at once, when too many are in progress; redelivery costs less than
                waiting.
        """
        with self._changed:
            if self._in_progress >= self._max_events:
                raise TooManyEvents("too many events are under way: deliver it again")
            self._in_progress += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_progress -= 1
                self._arrived.notify()

    def append(self, event: RegistryEvent) -> None:
        """Append an event; returns after BigQuery has acknowledged its row.

        Raises:
            MlsysError: the error of the shared append, in each thread that took part.
        """
        result: Future[None] = Future()
        with self._changed:
            self._waiting.append((event, result))
            self._arrived.notify()
            while self._is_appending and not result.done():
                self._changed.wait()
            batch = [] if result.done() else self._take_batch()
        if batch:
            self._append_batch(batch)
        result.result()

    def _take_batch(self) -> list[tuple[RegistryEvent, Future[None]]]:
        self._is_appending = True
        self._arrived.wait_for(self._all_are_waiting, timeout=_LINGER_SECONDS)
        batch, self._waiting = self._waiting, []
        return batch

    def _all_are_waiting(self) -> bool:
        return len(self._waiting) >= self._in_progress

    def _append_batch(self, batch: Sequence[tuple[RegistryEvent, Future[None]]]) -> None:
        failure: BaseException | None = None
        try:
            self._append([event for event, _ in batch])
        except BaseException as error:  # noqa: BLE001  (each thread raises it)
            failure = error
        with self._changed:
            for _, result in batch:
                if failure:
                    result.set_exception(failure)
                else:
                    result.set_result(None)
            self._is_appending = False
            self._changed.notify_all()
