import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jobs.prediction.source import rebatch


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 20))
def test_rebatching_keeps_every_row_in_its_place(sizes, rows):
    whole = list(range(sum(sizes)))
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    batches = [
        pa.RecordBatch.from_pydict({"n": pa.array(whole[start : start + size], pa.int64())})
        for start, size in zip(starts, sizes, strict=True)
    ]
    cut = list(rebatch(iter(batches), rows))
    assert [value for batch in cut for value in batch.column("n").to_pylist()] == whole
    assert all(batch.num_rows == rows for batch in cut[:-1])
