"""Group commit: events that are registered at the same time share one append to the log.

BigQuery takes as long for one row as for hundreds. While one append is under way, the events that
arrive meanwhile gather; then one of those who wait appends for all. Whoever is alone appends at
once; beside others who are under way, he waits a moment for them. Nobody is told that his row is
there before BigQuery has said so.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Condition, Lock

from shared.errors import Transient
from shared.registry.events import RegistryEvent

# Some times what BigQuery takes for a request: fewer and larger ones cost it, and us, less.
_SECONDS_FOR_COMPANY = 0.5


class Busy(Transient):
    """More events than this process can have under way; another may have room."""

    reason = "TOO_MANY_EVENTS"


class GroupCommit:
    """The shared way of many threads to the log."""

    def __init__(self, append: Callable[[Sequence[RegistryEvent]], None], *, most_events: int):
        """Share an append; `most_events` is how many may be under way at a time."""
        self._append = append
        self._most_events = most_events
        lock = Lock()
        self._changed = Condition(lock)
        self._arrived = Condition(lock)
        self._under_way = 0
        self._waiting: list[tuple[RegistryEvent, Future[None]]] = []
        self._is_appending = False

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Admit one event before its object is read, so that memory has a bound.

        Raises:
            Busy: at once, when too many are under way: redelivery costs less than waiting.
        """
        with self._changed:
            if self._under_way >= self._most_events:
                raise Busy("too many events are under way: deliver it again")
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._arrived.notify()

    def append(self, event: RegistryEvent) -> None:
        """Append a event; returns only after BigQuery has acknowledged its row.

        Raises:
            MlsysError: what the append that the event was part of raised; to all who shared it.
        """
        answer: Future[None] = Future()
        with self._changed:
            self._waiting.append((event, answer))
            self._arrived.notify()
            while self._is_appending and not answer.done():
                self._changed.wait()
            batch = [] if answer.done() else self._take()
        if batch:
            self._append_for_all(batch)
        answer.result()

    def _take(self) -> list[tuple[RegistryEvent, Future[None]]]:
        self._is_appending = True
        self._arrived.wait_for(self._all_wait, timeout=_SECONDS_FOR_COMPANY)
        batch, self._waiting = self._waiting, []
        return batch

    def _all_wait(self) -> bool:
        return len(self._waiting) >= self._under_way

    def _append_for_all(self, batch: Sequence[tuple[RegistryEvent, Future[None]]]) -> None:
        failure: BaseException | None = None
        try:
            self._append([event for event, _ in batch])
        except BaseException as error:  # noqa: BLE001  (each of them raises it)
            failure = error
        with self._changed:
            for _, answer in batch:
                if failure:
                    answer.set_exception(failure)
                else:
                    answer.set_result(None)
            self._is_appending = False
            self._changed.notify_all()
