"""The profile of a run's input: of its feature columns, batch by batch, over the model's baseline.

A scored batch carries the profile of the rows that it was made of in its schema's metadata; a shard
carries the sum in its footer. Rows that are scored again by another attempt are in the footer of
the one shard that stays, so they count once. Pure.

Of a long batch only some rows are looked at: to count them all would cost a tenth of what the
fastest of models takes to score them, and the shares of 8,192 rows are those of all.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import pyarrow as pa

from jobs.drift.profile import Profile, profile_from_json, profile_of
from jobs.scoring.overlap import BatchScorer
from shared.tables.output_schema import OutputSchema

log = logging.getLogger(__name__)

# Of each batch, drawn from a fixed seed.
_LOOKED_AT = 8_192

KEY = b"mlsys.input_profile"

type Baseline = Mapping[str, Profile]


def baseline_of(metadata: Mapping[str, Any]) -> Baseline:
    """The profiles that metadata.json has of the training rows; without those that are none."""
    told = metadata.get("baseline")
    features = told.get("features") if isinstance(told, Mapping) else None
    profiles: dict[str, Profile] = {}
    for name, content in features.items() if isinstance(features, Mapping) else ():
        try:
            profiles[name] = profile_from_json(content)
        except (KeyError, TypeError, ValueError) as error:
            log.warning("the baseline of %s in metadata.json is no profile: %r", name, error)
    return profiles


@dataclass(frozen=True, slots=True)
class InputProfile:
    """How the features of some rows are spread.

    Attributes:
        rows: how many there are.
        looked_at: how many of them the counts are of.
        features: the profile of each feature that has one, by the model's name for it.
    """

    rows: int
    looked_at: int
    features: Mapping[str, Profile]

    @classmethod
    def of(cls, batch: pa.RecordBatch, schema: OutputSchema, baseline: Baseline) -> Self:
        """The profile of a batch that is about to be scored, over the bins of a baseline."""
        columns = zip(schema.features, schema.sources, strict=True)
        profiles = {
            name: profile_of(sample(batch.column(source)), baseline.get(name))
            for name, source in columns
        }
        told = {name: each for name, each in profiles.items() if each}
        return cls(batch.num_rows, min(batch.num_rows, _LOOKED_AT), told)

    def __add__(self, other: Self) -> Self:
        # The columns of a run are the same in every batch, and so are the kinds of their profiles.
        together: dict[str, Any] = {**self.features, **other.features}
        for name in self.features.keys() & other.features.keys():
            together[name] = self.features[name] + other.features[name]  # type: ignore[operator]
        looked_at = self.looked_at + other.looked_at
        return type(self)(self.rows + other.rows, looked_at, together)

    def to_json(self) -> dict[str, Any]:
        """The profile as `prediction_runs` holds it."""
        features = {name: each.to_json() for name, each in self.features.items()}
        return {"rows": self.rows, "looked_at": self.looked_at, "features": features}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that somebody wrote down."""
        features = {name: profile_from_json(each) for name, each in content["features"].items()}
        return cls(content["rows"], content["looked_at"], features)

    @property
    def schema_metadata(self) -> dict[bytes, bytes]:
        """The profile as the metadata of a schema or of a footer."""
        return {KEY: json.dumps(self.to_json()).encode()}


def sample[Rows: (pa.Array, pa.RecordBatch)](rows: Rows) -> Rows:
    """The rows of a batch, or of a column of it, that are looked at: in each column the same."""
    return rows.take(_drawn(len(rows))) if len(rows) > _LOOKED_AT else rows


@lru_cache(maxsize=4)  # batches are of one length, but for the last
def _drawn(rows: int) -> pa.Array:
    drawn = np.random.default_rng(rows).choice(rows, _LOOKED_AT, replace=False)
    return pa.array(np.sort(drawn))


def carried_profile(metadata: Mapping[bytes, bytes] | None) -> InputProfile | None:
    """The profile in the metadata of a schema or of a footer, None where there is none."""
    text = (metadata or {}).get(KEY)
    return InputProfile.from_json(json.loads(text)) if text else None


class ProfilingScorer:
    """A scorer whose batches carry the profile of their input."""

    def __init__(self, scorer: BatchScorer, schema: OutputSchema, baseline: Baseline):
        self._scorer = scorer
        self._schema = schema
        self._baseline = baseline

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for the rows of a batch."""
        scored = self._scorer.score(batch)
        profile = InputProfile.of(batch, self._schema, self._baseline)
        return scored.replace_schema_metadata(profile.schema_metadata)
