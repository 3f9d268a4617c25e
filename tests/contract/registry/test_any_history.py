"""Whatever happens to a bucket, and however it is told, the registry ends as the bucket does."""

import hashlib
import json
from itertools import batched, count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.registration.bucket_diff import bucket_diff
from jobs.registration.reconcile import gone_event
from shared.registry.model_version import ModelFile, parse_object_name
from tests.contract.registry.bucket import RECORDING, Bucket
from tests.contract.registry.fake_registry import FakeRegistry

_numbers = count(1)
MODELS = ("{}-a/v1/model.pkl", "{}-a/v2/model.pkl", "{}-b/v1/model.pkl")
NOTES = ("{}-a/v1/metadata.json", "{}-b/v1/metadata.json")
STRANGERS = ("{}-a/v1/model.pickle",)
deeds = st.sampled_from(["put", "put", "put", "delete", "relabel", "purge"])
names = st.sampled_from([*MODELS, *MODELS, *NOTES, *STRANGERS])
contents = {ModelFile.METADATA: [b'{"target": "fate"}', b"{}", b"{not json"]}


@st.composite
def buckets(draw):
    """A bucket with a past."""
    number = next(_numbers)
    bucket = Bucket(f"bucket-{number}", versioned=draw(st.booleans()))
    for deed, pattern in draw(st.lists(st.tuples(deeds, names), min_size=1, max_size=16)):
        name = pattern.format(f"history-{number}")
        if deed == "put":
            some = contents.get(name.rpartition("/")[2], [b"one model", b"another"])
            bucket.put(name, draw(st.sampled_from(some)))
        else:
            getattr(bucket, deed)(name)
    return bucket


@st.composite
def tellings(draw):
    """A bucket, and its events as Eventarc may bring them: repeated, in any order, in groups."""
    bucket = draw(buckets())
    again = st.lists(st.sampled_from(bucket.told), max_size=8) if bucket.told else st.just([])
    told = draw(st.permutations(bucket.told + draw(again)))
    size = draw(st.integers(1, 8))
    return bucket, [list(group) for group in batched(told, size, strict=False)]


def ends_as(bucket):
    """The rows that the registry must have: what is live in the bucket, and nothing else."""
    rows = []
    for artifact in bucket.live.values():
        if not artifact.name.endswith("/model.pkl"):
            continue
        version, _ = parse_object_name(artifact.name)
        content = bucket.contents[artifact.name, artifact.generation]
        checksum = hashlib.sha256(content).hexdigest()
        metadata, is_usable = notes_beside(bucket, version)
        rows.append((version, artifact.generation, len(content), checksum, metadata, is_usable))
    return sorted(rows, key=lambda row: row[0])


def notes_beside(bucket, version):
    notes = bucket.live.get(version.object_name(ModelFile.METADATA))
    if notes is None:
        return {}, True
    try:
        return json.loads(bucket.contents[notes.name, notes.generation]), True
    except ValueError:
        return {}, False


def rows_of(registry, bucket):
    return [
        (
            each.version,
            each.generation,
            each.size_bytes,
            each.sha256,
            each.metadata,
            not each.findings,
        )
        for each in registry.models()
        if each.bucket == bucket.name
    ]


def tell(registry, bucket, groups):
    for group in groups:
        registry.append([bucket.event(change) for change in group])


def scan(registry, bucket):
    """What a reconcile scan appends."""
    found = bucket_diff(registry.live_generations(bucket.name), bucket.listing())
    gone = [gone_event(each, bucket.name, "dev", RECORDING) for each in found.gone]
    registry.append([*map(bucket.event, [*found.new, *found.updated]), *gone])
    return found


def check_any_order(registry, telling):
    bucket, groups = telling
    tell(registry, bucket, groups)
    assert rows_of(registry, bucket) == ends_as(bucket)


def check_any_loss(registry, telling, lost):
    bucket, groups = telling
    tell(registry, bucket, [group for number, group in enumerate(groups) if number not in lost])
    scan(registry, bucket)
    assert rows_of(registry, bucket) == ends_as(bucket)
    live = {(each.name, each.generation, each.metageneration) for each in bucket.live.values()}
    known = registry.live_generations(bucket.name)
    assert {(each.name, each.generation, each.metageneration) for each in known} == live
    again = scan(registry, bucket)
    assert (again.new, again.updated, again.gone) == ([], [], [])


losses = st.sets(st.integers(0, 15))
many = settings(max_examples=300, deadline=None)
few = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(telling=tellings())
def test_events_in_any_order_and_number_end_as_the_bucket_does(telling):
    check_any_order(FakeRegistry(), telling)


@many
@given(telling=tellings(), lost=losses)
def test_a_scan_makes_up_for_any_events_that_were_lost(telling, lost):
    check_any_loss(FakeRegistry(), telling, lost)


@few
@given(telling=tellings())
def test_the_log_and_the_view_of_bigquery_do_so_too(bigquery_registry, telling):
    check_any_order(bigquery_registry, telling)


@few
@given(telling=tellings(), lost=losses)
def test_a_scan_makes_up_for_lost_events_in_bigquery_too(bigquery_registry, telling, lost):
    check_any_loss(bigquery_registry, telling, lost)
