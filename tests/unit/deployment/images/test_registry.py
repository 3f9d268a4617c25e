"""Publishing only what is not there; docker and gcloud are faked."""

import pytest

from deployment.commands import CommandFailedError
from deployment.images.image import IMAGES, revision, version
from deployment.images.registry import Registry, base_digest
from deployment.images.runtime_layers import runtime_layers

JOB, GATEWAY = IMAGES
REPOSITORY = "europe-west1-docker.pkg.dev/my-project/mlsys-dev"
PATH = f"{REPOSITORY}/job"
BASE = "sha256:base"

# A registry in a file: what docker pushed, and the tags that gcloud gave it.
_REGISTRY = """
import hashlib
kept = folder / "registry.json"
images = json.loads(kept.read_text()) if kept.exists() else {}
def save():
    kept.write_text(json.dumps(images))
"""
_DOCKER = """
if sys.argv[1] == "push":
    path, tag = sys.argv[2].rsplit(":", 1)
    images[sys.argv[2]] = "sha256:" + hashlib.sha256(tag.encode()).hexdigest()
    save()
if sys.argv[1] == "buildx":
    print(json.dumps({"digest": "sha256:base"}))
"""
_GCLOUD = """
if "list" in sys.argv:
    by_digest = {}
    for name, digest in images.items():
        path, tag = name.rsplit(":", 1)
        by_digest.setdefault((path, digest), []).append(tag)
    print(json.dumps([
        {"package": path, "version": digest, "tags": ",".join(tags)}
        for (path, digest), tags in by_digest.items()
    ]))
if "add" in sys.argv:
    images[sys.argv[-1]] = sys.argv[-2].split("@")[1]
    save()
"""


@pytest.fixture
def registry(programs):
    programs.add("docker", _REGISTRY + _DOCKER)
    programs.add("gcloud", _REGISTRY + _GCLOUD)
    return Registry(REPOSITORY, keeps_versions=False)


def test_an_image_is_built_pushed_and_tagged_once(registry, programs):
    name = registry.publish(JOB, BASE)
    assert name.startswith(f"{PATH}@sha256:")
    (pushed,) = programs.called("docker", "push")
    assert pushed == [f"{PATH}:inputs-{JOB.content_hash(BASE)}"]
    tagged = programs.called("gcloud", "artifacts", "docker", "tags", "add")
    assert tagged == [[name, f"{PATH}:{version()}"], [name, f"{PATH}:latest"]]


def test_what_is_in_the_registry_is_not_built_again(registry, programs):
    first = registry.publish(JOB, BASE)
    assert registry.publish(JOB, BASE) == first
    assert len(programs.called("docker", "build")) == 1
    assert registry.publish(JOB, "sha256:patched") != first
    assert len(programs.called("docker", "build")) == 2


def test_an_image_stands_on_the_digest_that_was_hashed_and_says_what_it_is(registry, programs):
    registry.publish(JOB, base_digest(JOB))
    (build,) = programs.called("docker", "build")
    assert f"--build-arg=BASE={JOB.base}@sha256:base" in build
    assert f"--build-arg=VERSION={version()}" in build
    assert f"--build-arg=REVISION={revision()}" in build
    assert "--platform=linux/amd64" in build


def test_layers_are_built_once_each_on_the_digest_of_the_one_before(registry, programs):
    layers = runtime_layers(["sklearn-1.9"])
    last = registry.publish_layers(layers, BASE)
    assert last.startswith(f"{REPOSITORY}/runtime@sha256:")
    assert registry.publish_layers(layers, BASE) == last
    system, python, runtime = programs.called("docker", "build")
    assert f"--build-arg=BELOW={layers[0].base}@{BASE}" in system
    assert any(
        each.startswith(f"--build-arg=BELOW={REPOSITORY}/runtime@sha256:") for each in python
    )
    assert "--target=runtime" in runtime
    assert programs.called("gcloud", "artifacts", "docker", "tags") == []


def test_a_runtime_at_the_end_of_the_list_builds_none_of_the_others(registry, programs):
    registry.publish_layers(runtime_layers(["sklearn-1.9"]), BASE)
    built = len(programs.called("docker", "build"))
    registry.publish_layers(runtime_layers(["sklearn-1.9", "sklearn-1.8"]), BASE)
    (added,) = programs.called("docker", "build")[built:]
    assert "--build-arg=RUNTIME=sklearn-1.8" in added


def test_other_runtimes_make_another_job_image_and_the_same_gateway(registry):
    first, second = (f"{REPOSITORY}/runtime@sha256:{digit * 64}" for digit in "12")
    assert registry.publish(JOB, BASE, first) == registry.publish(JOB, BASE, first)
    assert registry.publish(JOB, BASE, first) != registry.publish(JOB, BASE, second)
    assert registry.publish(GATEWAY, BASE, first) == registry.publish(GATEWAY, BASE, second)


def test_in_prod_a_published_version_stays_what_it_is(registry, programs):
    prod = Registry(REPOSITORY, keeps_versions=True)
    first = prod.publish(JOB, BASE)
    assert prod.publish(JOB, BASE) == first
    with pytest.raises(CommandFailedError, match=r"raise the version in pyproject\.toml"):
        prod.publish(JOB, "sha256:patched")
    assert len(programs.called("docker", "build")) == 1


def test_a_failing_program_is_named(registry, programs):
    programs.add("docker", "sys.exit(7)")
    with pytest.raises(CommandFailedError, match="exit code 7: docker build"):
        registry.publish(JOB, BASE)
    assert programs.called("gcloud", "artifacts", "docker", "tags") == []
