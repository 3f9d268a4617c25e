"""The canary: what is promoted, what is taken back; gcloud is faked, with Cloud Run's own JSON."""

import json

import pytest

from deployment.cloud_run import CloudRun
from deployment.commands import CommandFailedError
from deployment.release import Release
from deployment.smoke import SmokeError

# Cloud Run in a file: images of jobs and services, revisions and traffic of services.
_GCLOUD = """
kept = folder / "cloud.json"
cloud = json.loads(kept.read_text())
kind, verb, name = sys.argv[2], sys.argv[3], sys.argv[4]
options = dict(each.partition("=")[::2] for each in sys.argv[5:])
thing = cloud[kind][name]
def containers(depth):
    spec = {"containers": [{"image": thing["image"]}]}
    for _ in range(depth):
        spec = {"template": {"spec": spec}}
    return spec
if verb == "describe" and kind == "jobs":
    print(json.dumps({"spec": containers(2)}))
elif verb == "describe":
    status = {"url": "https://it", "traffic": thing["traffic"]}
    print(json.dumps({"spec": containers(1), "status": status}))
elif verb == "update":
    if options["--image"] == cloud.get("broken"):
        sys.exit("the revision is not ready and cannot serve traffic")
    thing["image"] = options["--image"]
    if kind == "services":
        thing["revisions"] += 1
        revision = f"{name}-{thing['revisions']:05}"
        if "--no-traffic" in options:
            tagged = {"revisionName": revision, "tag": options["--tag"], "url": "https://candidate"}
            thing["traffic"].append(tagged)
        else:
            thing["traffic"] = [{"revisionName": revision, "percent": 100, "latestRevision": True}]
elif "--remove-tags" in options:
    thing["traffic"] = [each for each in thing["traffic"] if "tag" not in each]
else:
    shares = dict(each.split("=") for each in options["--to-revisions"].split(","))
    tags = [each for each in thing["traffic"] if "tag" in each]
    new = [{"revisionName": name, "percent": int(share)} for name, share in shares.items()]
    thing["traffic"] = new + tags
kept.write_text(json.dumps(cloud))
"""
SERVING = [{"revisionName": "mlsys-dev-00001", "percent": 100, "latestRevision": True}]


@pytest.fixture
def state(programs):
    """What the fake Cloud Run holds, read anew at each call."""
    path = programs.folder / "cloud.json"
    service = {"image": "job@old", "revisions": 1, "traffic": []}
    jobs = {f"mlsys-{name}-dev": {"image": "job@old"} for name in ("predict", "registry")}
    gateway = {"image": "gateway@old", "revisions": 1, "traffic": SERVING}
    services = {"mlsys-dev": gateway, "mlsys-register-dev": service}
    path.write_text(json.dumps({"jobs": jobs, "services": services}))
    programs.add("gcloud", _GCLOUD)
    return lambda: json.loads(path.read_text())


def breaking(state, programs, image):
    """From now on, a revision of that image does not come up."""
    path = programs.folder / "cloud.json"
    path.write_text(json.dumps(state() | {"broken": image}))


def shares(state):
    traffic = state()["services"]["mlsys-dev"]["traffic"]
    return {each["revisionName"]: each["percent"] for each in traffic if "percent" in each}


def images(state):
    held = state()
    return {
        name: each["image"] for kind in ("jobs", "services") for name, each in held[kind].items()
    }


def release(smoke):
    return Release(CloudRun("my-project", "europe-west1"), "dev", smoke)


NEW = {
    "mlsys-predict-dev": "job@new",
    "mlsys-registry-dev": "job@new",
    "mlsys-register-dev": "job@new",
    "mlsys-dev": "gateway@new",
}


def test_a_good_revision_is_tested_twice_gets_a_tenth_and_then_everything(state):
    seen = []

    def smoke(url):
        seen.append((url, shares(state)))

    release(smoke).roll_out("job@new", "gateway@new")
    assert seen == [
        ("https://candidate", {"mlsys-dev-00001": 100}),
        ("https://candidate", {"mlsys-dev-00002": 10, "mlsys-dev-00001": 90}),
    ]
    assert shares(state) == {"mlsys-dev-00002": 100}
    assert images(state) == NEW
    assert not any("tag" in each for each in state()["services"]["mlsys-dev"]["traffic"])


@pytest.mark.parametrize("good_tests", [0, 1])
def test_a_failed_smoke_test_takes_everything_back(state, good_tests):
    tests = iter([True] * good_tests + [False])

    def smoke(_url):
        if not next(tests):
            raise SmokeError("no rows")

    with pytest.raises(SmokeError, match="no rows"):
        release(smoke).roll_out("job@new", "gateway@new")
    assert shares(state) == {"mlsys-dev-00001": 100}
    assert not any("tag" in each for each in state()["services"]["mlsys-dev"]["traffic"])
    held = images(state)
    del held["mlsys-dev"]  # the newest revision, which gets no traffic
    assert set(held.values()) == {"job@old"}


def test_a_revision_that_does_not_come_up_takes_everything_back(state, programs):
    breaking(state, programs, "gateway@new")
    with pytest.raises(CommandFailedError, match="services update mlsys-dev"):
        release(lambda _url: None).roll_out("job@new", "gateway@new")
    assert shares(state) == {"mlsys-dev-00001": 100}
    assert images(state)["mlsys-predict-dev"] == "job@old"


def test_a_job_image_that_is_refused_half_way_is_taken_back(state, programs):
    path = programs.folder / "cloud.json"
    held = state()
    held["services"].pop("mlsys-dev")
    path.write_text(json.dumps(held))  # the gateway is not there: the release fails after the jobs
    with pytest.raises(CommandFailedError):
        release(lambda _url: None).roll_out("job@new", "gateway@new")
    assert set(images(state).values()) == {"job@old"}


def test_what_runs_already_is_tested_and_left_alone(state, programs):
    tested = []
    release(tested.append).roll_out("job@old", "gateway@old")
    assert tested == ["https://it"]
    assert {call[2] for call in programs.called("gcloud", "run")} >= {"mlsys-dev"}
    assert all(call[1] == "describe" for call in programs.called("gcloud", "run"))


def test_a_canary_that_was_cut_off_leaves_the_older_revision_as_the_one_to_go_back_to(
    state, programs
):
    path = programs.folder / "cloud.json"
    held = state()
    held["services"]["mlsys-dev"]["traffic"] = [
        {"revisionName": "mlsys-dev-00002", "percent": 10},
        {"revisionName": "mlsys-dev-00001", "percent": 90},
        {"revisionName": "mlsys-dev-00001", "tag": "candidate", "url": "https://candidate"},
    ]
    path.write_text(json.dumps(held))
    assert CloudRun("my-project", "europe-west1").serving("mlsys-dev") == "mlsys-dev-00001"
