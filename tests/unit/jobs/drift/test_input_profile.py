import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.dataframes.arrow_types import arrow_schema
from jobs.drift.baseline import baseline
from jobs.drift.input_profile import (
    InputProfile,
    ProfilingScorer,
    baseline_of,
    carried_profile,
)
from jobs.prediction.shards import write_parquet
from shared.tables.output_schema import OutputSchema
from shared.tables.table import Column

SCHEMA = OutputSchema(("age", "sex"), ("Age", "sex"), (), ("p",), (), (Column("p", "FLOAT"),))


def rows(count, *, seed=1):
    generator = np.random.default_rng(seed)
    return pa.RecordBatch.from_pydict(
        {
            "Age": pa.array(generator.normal(40, 10, count), mask=generator.random(count) < 0.1),
            "sex": generator.choice(["f", "m"], count).astype(object),
        },
        pa.schema([("Age", pa.float64()), ("sex", pa.string())]),
    )


def known(batch):
    table = pa.Table.from_batches([batch]).rename_columns(["age", "sex"])
    return baseline_of({"baseline": baseline(table)})


class Ones:
    def score(self, batch):
        return pa.RecordBatch.from_pydict({"p": [1.0] * batch.num_rows}, arrow_schema(SCHEMA))


def test_a_shard_s_footer_holds_the_profile_of_the_rows_it_was_made_of():
    parts, expected = [rows(50), rows(70, seed=2)], known(rows(500))
    scorer = ProfilingScorer(Ones(), SCHEMA, expected)
    shard = io.BytesIO()
    write_parquet(shard, SCHEMA, map(scorer.score, parts))
    found = carried_profile(pq.read_metadata(shard).metadata)
    whole = pa.Table.from_batches(parts).combine_chunks().to_batches()[0]
    one = InputProfile.of(whole, SCHEMA, expected)
    assert (found.rows, found.looked_at) == (120, 120)
    assert found.features["age"].shares == one.features["age"].shares
    assert found.features["sex"] == one.features["sex"]


def test_of_a_long_batch_some_rows_are_looked_at_and_they_are_the_same_ones_again():
    batch, expected = rows(100_000), known(rows(500))
    profile = InputProfile.of(batch, SCHEMA, expected)
    assert (profile.rows, profile.looked_at) == (100_000, 8_192)
    assert sum(profile.features["age"].shares) == profile.looked_at
    assert profile == InputProfile.of(batch, SCHEMA, expected)


def test_without_a_baseline_there_is_a_profile_too():
    profile = InputProfile.of(rows(100), SCHEMA, {})
    written = json.loads(json.dumps(profile.to_json()))
    assert InputProfile.from_json(written) == profile
    assert sum(profile.features["sex"].values.values()) == 100


def test_a_baseline_that_is_none_is_left_out_and_told(caplog):
    good = {"missing": 0, "values": {"a": 1}, "other": 0}
    features = {"x": {"edges": 3}, "y": good, "z": None}
    assert list(baseline_of({"baseline": {"features": features}})) == ["y"]
    assert "the baseline of x in metadata.json is no profile" in caplog.text
    for metadata in ({}, {"baseline": 3}, {"baseline": {"features": []}}):
        assert baseline_of(metadata) == {}


def test_what_no_footer_tells_is_none():
    assert carried_profile(None) is None
    assert carried_profile({b"other": b"{}"}) is None
