import json

import numpy as np
import pyarrow as pa

from jobs.drift.input_profile import InputProfile
from jobs.drift.profile import baseline_from_metadata, training_baseline

SOURCES = {"age": "Age", "sex": "sex"}


def rows(count, *, seed=1):
    generator = np.random.default_rng(seed)
    return pa.RecordBatch.from_pydict(
        {
            "Age": pa.array(generator.normal(40, 10, count), mask=generator.random(count) < 0.1),
            "sex": generator.choice(["f", "m"], count).astype(object),
        },
        pa.schema([("Age", pa.float64()), ("sex", pa.string())]),
    )


def baseline_of(batch):
    table = pa.Table.from_batches([batch]).rename_columns(["age", "sex"])
    return baseline_from_metadata({"baseline": training_baseline(table)})


def test_profiles_of_batches_add_up_to_the_profile_of_all_rows():
    parts, baseline = [rows(50), rows(70, seed=2)], baseline_of(rows(500))
    added = InputProfile.of(parts[0], SOURCES, baseline) + InputProfile.of(
        parts[1], SOURCES, baseline
    )
    whole = pa.Table.from_batches(parts).combine_chunks().to_batches()[0]
    expected = InputProfile.of(whole, SOURCES, baseline)
    assert (added.rows, added.sampled) == (120, 120)
    assert added.features["age"].bin_counts == expected.features["age"].bin_counts
    assert added.features["sex"] == expected.features["sex"]


def test_a_long_batch_is_sampled_and_the_sample_is_the_same_each_time():
    batch, baseline = rows(100_000), baseline_of(rows(500))
    profile = InputProfile.of(batch, SOURCES, baseline)
    assert (profile.rows, profile.sampled) == (100_000, 8_192)
    assert sum(profile.features["age"].bin_counts) == profile.sampled
    assert profile == InputProfile.of(batch, SOURCES, baseline)


def test_without_a_baseline_there_is_a_profile_too():
    profile = InputProfile.of(rows(100), SOURCES, {})
    written = json.loads(json.dumps(profile.to_json()))
    assert InputProfile.from_json(written) == profile
    assert sum(profile.features["sex"].values.values()) == 100


def test_a_profile_survives_as_schema_metadata():
    profile = InputProfile.of(rows(100), SOURCES, {})
    metadata = {b"other": b"{}", **profile.schema_metadata}
    assert InputProfile.from_schema_metadata(metadata) == profile


def test_schema_metadata_without_a_profile_gives_none():
    assert InputProfile.from_schema_metadata(None) is None
    assert InputProfile.from_schema_metadata({b"other": b"{}"}) is None
