"""Overlaps reading, scoring and writing; what is between them is bounded, and stays in order."""

import math
import queue
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

import pyarrow as pa
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # ships none

# A reader that waits for a network cannot be interrupted; it is left behind after this.
_FAREWELL_SECONDS = 2
_POLL_SECONDS = 0.1
# Below this the calls cost more than the rows.
_LEAST_PIECE_ROWS = 10_240
# BLAS multiplies rows in blocks, and what fills no block in another way, to other last bits: pieces
# of whole blocks get the bits that they would have got uncut.
_BLOCK_ROWS = 64

type _Scored = Future[pa.RecordBatch | None]


class BatchScorer(Protocol):
    """Scores batches; many threads may ask it at once."""

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for the rows of a batch."""
        ...


def score_in_order(
    batches: Iterator[pa.RecordBatch], scorer: BatchScorer, *, workers: int
) -> Generator[pa.RecordBatch]:
    """The scored batches, in the order of the input.

    One thread reads ahead, `workers` threads score, and the caller's own thread does with each
    batch what it likes meanwhile. The last batch is cut, so that no thread idles while another
    scores it. At most `workers` + 4 batches are in memory. Closing the iterator ends the threads.

    Raises:
        Exception: whatever reading or scoring raised, in its turn; nothing is read after it.
    """
    shared = _last_shared_out(batches, workers)
    with _one_thread_each(workers) as pool, _Reader(shared, scorer, pool, workers) as scored:
        while (batch := scored.get().result()) is not None:
            yield batch


def _last_shared_out(batches: Iterator[pa.RecordBatch], workers: int) -> Generator[pa.RecordBatch]:
    """The batches, the last of them in one piece for each worker where that pays."""
    last = None
    for batch in batches:
        if last is not None:
            yield last
        last = batch
    if last is not None:
        blocks = math.ceil(last.num_rows / workers / _BLOCK_ROWS)
        rows = max(blocks * _BLOCK_ROWS, _LEAST_PIECE_ROWS)
        yield from (last.slice(start, rows) for start in range(0, max(last.num_rows, 1), rows))


@contextmanager
def _one_thread_each(workers: int) -> Iterator[ThreadPoolExecutor]:
    """A pool whose threads do not multiply: each calls BLAS and OpenMP with one thread."""
    controller = ThreadpoolController()

    def limit() -> None:
        # OpenMP keeps its number by thread, BLAS by process: so here, in each of them.
        controller.limit(limits=1)

    with controller.limit(limits=1):
        pool = ThreadPoolExecutor(workers, "scorer", initializer=limit)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


class _Reader:
    """Reads in a thread of its own, and queues what will be scored: futures, in order."""

    def __init__(
        self,
        batches: Generator[pa.RecordBatch],
        scorer: BatchScorer,
        pool: ThreadPoolExecutor,
        workers: int,
    ):
        self._batches = batches
        self._scorer = scorer
        self._pool = pool
        self._queue: queue.Queue[_Scored] = queue.Queue(workers)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)

    def __enter__(self) -> "queue.Queue[_Scored]":
        self._thread.start()
        return self._queue

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(_FAREWELL_SECONDS)

    def _read(self) -> None:
        end: _Scored = Future()
        try:
            for batch in self._batches:
                if not self._put(self._pool.submit(self._scorer.score, batch)):
                    return
            end.set_result(None)
        except BaseException as error:  # noqa: BLE001  (raised again where the batches are wanted)
            end.set_exception(error)
        finally:
            self._batches.close()
        self._put(end)

    def _put(self, scored: _Scored) -> bool:
        while not self._stopping.is_set():
            try:
                self._queue.put(scored, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False
