"""The registration's own code, while the bucket goes on changing between two deliveries.

Whatever is delivered when, and wherever a delivery or a scan is cut short: in the end each model
was last inspected beside the metadata.json that stands there, and the registry equals the bucket.
"""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs.registration import reconcile
from jobs.registration.registration import registrations
from shared.errors import Transient
from tests.contract.registry.bucket import RECORDING, Bucket
from tests.contract.registry.fake_registry import FakeRegistry
from tests.contract.registry.fake_storage import FakeInspector, clients_of, noted

NAMES = ("a/v1/model.pkl", "a/v2/model.pkl", "a/v1/metadata.json", "a/notes.txt")
CONTENTS = {".json": [b'{"target": "fate"}', b"{}", b"{not json"], ".pkl": [b"one", b"another"]}
DEEDS = ["put", "put", "put", "delete", "relabel", "purge"]
numbers = st.integers(0, 30)
deliveries = st.tuples(st.just("deliver"), st.just(""), numbers)
deeds = st.tuples(st.sampled_from(DEEDS), st.sampled_from(NAMES), numbers)
histories = st.lists(st.one_of(deeds, deeds, deliveries), min_size=1, max_size=24)
cuts = st.lists(st.integers(0, 3), max_size=3)
many = settings(max_examples=150, deadline=None)


class World:
    """A bucket, its registry, and a service that registers what it is told of."""

    def __init__(self, versioned):
        self.bucket = Bucket("bucket", versioned=versioned)
        self.registry = FakeRegistry()
        self.clients = clients_of(self.bucket)
        self._ticks = count()

    def now(self):
        return RECORDING + timedelta(seconds=next(self._ticks))

    def do(self, deed, name, number):
        if deed == "deliver":
            if self.bucket.told:
                self.deliver(self.bucket.told[number % len(self.bucket.told)])
        elif deed == "put":
            some = CONTENTS.get(name[name.rindex(".") :], [b"text"])
            self.bucket.put(name, some[number % len(some)])
        else:
            getattr(self.bucket, deed)(name)

    def deliver(self, change, cut=None):
        """Register a change; `cut` is how many events are appended before the process ends."""
        events = registrations(change, self.clients, FakeInspector(), now=self.now())
        for event in events[:cut]:
            self.registry.append([event])

    def scan(self, cut=None):
        """Reconcile; `cut` is how many events are appended before the process ends."""
        registry = CutShort(self.registry, cut)
        return reconcile.reconcile(self.clients, registry, now=self.now())


class CutShort:
    """A registry that is away after so many appended batches."""

    def __init__(self, registry, batches):
        self._registry = registry
        self._left = batches
        self.models, self.live_generations = registry.models, registry.live_generations

    def append(self, events):
        if self._left == 0:
            raise Transient("BigQuery is away")
        self._left = None if self._left is None else self._left - 1
        self._registry.append(events)


@pytest.fixture(scope="module", autouse=True)
def small_batches_and_no_processes():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reconcile, "_BATCH", 1)
        patch.setattr(reconcile, "Inspector", FakeInspectors)
        patch.setattr("jobs.registration.reconcile.log_event", lambda _: None)
        yield


class FakeInspectors(FakeInspector):
    def __init__(self, _processes, *, workers):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def must_be(bucket):
    """What the registry must say: of each live model, what stands beside it."""
    rows = []
    for name, live in sorted(bucket.live.items()):
        if name.endswith("model.pkl"):
            notes = bucket.live.get(name.replace("model.pkl", "metadata.json"))
            content = bucket.contents[notes.name, notes.generation] if notes else b"{}"
            beside = {"target": "fate"} if b"fate" in content else {}
            broken = content == b"{not json"
            rows.append((name, live.generation, beside, noted(beside), broken))
    return rows


def says(registry):
    return [
        (each.object_name, each.generation, each.metadata, each.findings[0], len(each.findings) > 1)
        for each in registry.models()
    ]


def played(history, versioned):
    world = World(versioned)
    for step in history:
        world.do(*step)
    return world


MODEL, NOTES = NAMES[0], NAMES[2]
# A model is registered, and metadata.json comes, or goes, without anybody being told.
COMES = [("put", MODEL, 0), ("deliver", "", 0), ("put", NOTES, 0)]
GOES = [("put", NOTES, 0), ("put", MODEL, 0), ("deliver", "", 0), ("deliver", "", 1)]
GOES.append(("delete", NOTES, 0))


@many
@given(history=histories, versioned=st.booleans(), data=st.data())
def test_events_delivered_at_any_time_and_all_in_the_end(history, versioned, data):
    world = played(history, versioned)
    for change in data.draw(st.permutations(world.bucket.told)):
        world.deliver(change)
    assert says(world.registry) == must_be(world.bucket)


@many
@given(history=histories, versioned=st.booleans(), cuts=cuts, lost=cuts)
@example(history=COMES, versioned=True, cuts=[1], lost=[])
@example(history=GOES, versioned=True, cuts=[1], lost=[])
@example(history=COMES, versioned=True, cuts=[], lost=[0, 1])
@example(history=[*COMES, ("relabel", MODEL, 0)], versioned=True, cuts=[], lost=[])
def test_a_scan_makes_up_for_what_was_lost_or_cut_short_at_any_time(history, versioned, cuts, lost):
    world = played(history, versioned)
    for change, cut in zip(world.bucket.told, lost, strict=False):
        world.deliver(change, cut)
    for cut in cuts:
        try:
            world.scan(cut)
        except Transient:
            continue
    world.scan()
    assert says(world.registry) == must_be(world.bucket)
    again = world.scan()
    assert (again.registered, again.gone, again.quarantined, again.not_models) == (0, 0, 0, 0)
