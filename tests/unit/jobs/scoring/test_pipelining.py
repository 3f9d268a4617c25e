import threading
import time

import pyarrow as pa
import pytest

from jobs.scoring.pipelining import score_in_order

ROWS = 4


def batches(count, rows=ROWS):
    for number in range(count):
        yield pa.RecordBatch.from_pydict({"n": pa.array([number] * rows, pa.int64())})


def numbers(scored):
    return [batch["n"][0].as_py() for batch in scored]


def threads():
    return {each.name for each in threading.enumerate() if each.name.startswith(("scor", "read"))}


class Slow:
    """Scores the earlier batches slower, and remembers how many it was given."""

    def __init__(self):
        self.seen = 0

    def score(self, batch):
        self.seen += 1
        time.sleep(0.02 if batch["n"][0].as_py() % 2 == 0 else 0)
        return batch


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_batches_come_in_the_order_of_the_input(workers):
    assert numbers(score_in_order(batches(12), Slow(), workers=workers)) == list(range(12))


def test_nothing_in_is_nothing_out():
    assert numbers(score_in_order(batches(0), Slow(), workers=2)) == []


def test_a_batch_without_rows_does_not_end_the_others():
    class Emptying(Slow):
        def score(self, batch):
            return super().score(batch).slice(0, 0 if batch["n"][0].as_py() == 1 else None)

    sizes = [each.num_rows for each in score_in_order(batches(3), Emptying(), workers=2)]
    assert sizes == [ROWS, 0, ROWS]


def test_a_lone_batch_is_shared_out_among_the_threads():
    pieces = list(score_in_order(batches(1, rows=50_000), Slow(), workers=2))
    assert [each.num_rows for each in pieces] == [25_024, 24_976]


def test_reading_ahead_is_bounded():
    scorer = Slow()
    scored = score_in_order(batches(1_000), scorer, workers=2)
    next(scored)
    time.sleep(0.3)
    assert scorer.seen <= 2 + 3
    scored.close()


def test_closing_early_ends_the_threads_and_the_source():
    closed = threading.Event()

    def source():
        try:
            yield from batches(1_000)
        finally:
            closed.set()

    scored = score_in_order(source(), Slow(), workers=2)
    assert next(scored)["n"][0].as_py() == 0
    scored.close()
    assert closed.is_set()
    assert threads() == set()


def test_an_error_of_the_source_comes_after_what_was_read_before_it():
    def broken():
        yield from batches(3)
        raise ConnectionError("the stream broke")

    found = []
    with pytest.raises(ConnectionError, match="the stream broke"):
        found.extend(iter(score_in_order(broken(), Slow(), workers=2)))
    assert threads() == set()


def test_an_error_of_the_scorer_stops_the_reading():
    class Refusing(Slow):
        def score(self, batch):
            if batch["n"][0].as_py() == 2:
                raise ValueError("unknown category")
            return super().score(batch)

    scorer = Refusing()
    with pytest.raises(ValueError, match="unknown category"):
        numbers(score_in_order(batches(1_000), scorer, workers=2))
    assert scorer.seen < 20
    assert threads() == set()
