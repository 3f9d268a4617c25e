"""Overlaps reading, scoring and writing, through a queue of bounded length that keeps the order."""

import math
import queue
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pyarrow as pa

from jobs.scoring.scorer import BatchScorer

# A reader that waits for the network cannot be interrupted: its daemon thread is abandoned then.
_JOIN_SECONDS = 2
_POLL_SECONDS = 0.1
# Smaller slices cost more in calls than they gain in parallelism.
_MIN_SLICE_ROWS = 10_240
# BLAS multiplies rows in blocks, and an incomplete block by other code, which can differ in the
# last bit. Slices of whole blocks get the same bits as the batch that they are cut from.
_BLOCK_ROWS = 64

type _Scored = Future[pa.RecordBatch | None]


def score_in_order(
    batches: Iterator[pa.RecordBatch], scorer: BatchScorer, *, workers: int
) -> Generator[pa.RecordBatch]:
    """The scored batches, in the order of the input.

    One thread reads ahead, `workers` threads score, and the caller's thread consumes the scored
    batches meanwhile. The last batch is cut into slices, so that no thread idles while another
    scores it. At most `workers` + 4 batches are in memory. Closing the iterator ends the threads.

    Raises:
        Exception: what reading or scoring raised, after the batches before it; reading stops.
    """
    sliced = _with_last_sliced(batches, workers)
    with _pool(workers) as pool, _Reader(sliced, scorer, pool, workers) as scored:
        while (batch := scored.get().result()) is not None:
            yield batch


def _with_last_sliced(batches: Iterator[pa.RecordBatch], workers: int) -> Generator[pa.RecordBatch]:
    """The batches, the last of them in one slice per worker if it is long enough."""
    last = None
    for batch in batches:
        if last is not None:
            yield last
        last = batch
    if last is not None:
        blocks = math.ceil(last.num_rows / workers / _BLOCK_ROWS)
        rows = max(blocks * _BLOCK_ROWS, _MIN_SLICE_ROWS)
        yield from (last.slice(start, rows) for start in range(0, max(last.num_rows, 1), rows))


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """A pool whose threads each wait for the model's answer to a batch."""
    pool = ThreadPoolExecutor(workers, "scorer")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _Reader:
    """Reads batches in a separate thread, and queues the futures of their scores in order."""

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
        self._thread.join(_JOIN_SECONDS)

    def _read(self) -> None:
        end: _Scored = Future()
        try:
            for batch in self._batches:
                if not self._put(self._pool.submit(self._scorer.score, batch)):
                    return
            end.set_result(None)
        except BaseException as error:  # noqa: BLE001  (raised again in the caller's thread)
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
