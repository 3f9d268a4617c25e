"""The profile of a run's input: of its feature columns, summed over batches. Pure.

A scored batch carries the profile of its input rows in its schema's metadata, a shard carries the
sum in its footer. When another attempt scores the same rows again, only one shard remains, so the
rows count once.

A long batch is sampled: to count all rows would take a tenth of the time that the fastest models
take to score them, and 8,192 rows estimate the distribution well enough.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import pyarrow as pa

from jobs.drift.profile import Baseline, Profile, profile_from_json, profile_of

# Of each batch, drawn with a fixed seed.
_SAMPLE_ROWS = 8_192

_SCHEMA_KEY = b"mlsys.input_profile"


@dataclass(frozen=True, slots=True)
class InputProfile:
    """The distribution of the features in some rows.

    Attributes:
        rows: the number of rows.
        sampled: the number of rows in the sample that the counts are of.
        features: the profile of each feature that has one, by the model's name for it.
    """

    rows: int
    sampled: int
    features: Mapping[str, Profile]

    @classmethod
    def of(cls, batch: pa.RecordBatch, sources: Mapping[str, str], baseline: Baseline) -> Self:
        """The profile of a batch, over the bins of a baseline.

        Args:
            batch: the rows as read, before they are scored.
            sources: the column of the batch that holds each feature, by the feature's name.
            baseline: profiles of the training rows; {} when there are none.
        """
        profiles = {
            name: profile_of(sample(batch.column(source)), baseline.get(name))
            for name, source in sources.items()
        }
        features = {name: each for name, each in profiles.items() if each}
        return cls(batch.num_rows, min(batch.num_rows, _SAMPLE_ROWS), features)

    def __add__(self, other: Self) -> Self:
        # All batches of a run have the same columns, so their profiles have the same classes.
        features: dict[str, Any] = {**self.features, **other.features}
        for name in self.features.keys() & other.features.keys():
            features[name] = self.features[name] + other.features[name]  # type: ignore[operator]
        return type(self)(self.rows + other.rows, self.sampled + other.sampled, features)

    def to_json(self) -> dict[str, Any]:
        """The profile as `prediction_runs` holds it."""
        features = {name: each.to_json() for name, each in self.features.items()}
        return {"rows": self.rows, "looked_at": self.sampled, "features": features}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that `to_json` wrote."""
        features = {name: profile_from_json(each) for name, each in content["features"].items()}
        return cls(content["rows"], content["looked_at"], features)

    @property
    def schema_metadata(self) -> dict[bytes, bytes]:
        """The profile as metadata of an Arrow schema or a Parquet footer."""
        return {_SCHEMA_KEY: json.dumps(self.to_json()).encode()}

    @classmethod
    def from_schema_metadata(cls, metadata: Mapping[bytes, bytes] | None) -> Self | None:
        """The profile in the metadata of an Arrow schema or a Parquet footer, None without one."""
        text = (metadata or {}).get(_SCHEMA_KEY)
        return cls.from_json(json.loads(text)) if text else None


def sample[Rows: (pa.Array, pa.RecordBatch)](rows: Rows) -> Rows:
    """A sample of a batch or of one of its columns; each column gets the same row indices."""
    return rows.take(_sample_indices(len(rows))) if len(rows) > _SAMPLE_ROWS else rows


@lru_cache(maxsize=4)  # all batches but the last have the same length
def _sample_indices(rows: int) -> pa.Array:
    indices = np.random.default_rng(rows).choice(rows, _SAMPLE_ROWS, replace=False)
    return pa.array(np.sort(indices))
