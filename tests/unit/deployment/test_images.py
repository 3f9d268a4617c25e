"""Building, and publishing only what is not there; podman, docker and gcloud are faked."""

import subprocess
from pathlib import Path

import pytest

from deployment.commands import CommandFailedError
from deployment.images.building import Builder
from deployment.images.image import IMAGES, Image, revision, version
from deployment.images.registry import Registry, base_digest
from local.containers import working_engine

JOB = IMAGES[0]
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
    images[tag] = "sha256:" + hashlib.sha256(tag.encode()).hexdigest()
    save()
if sys.argv[1] == "buildx":
    print(json.dumps({"digest": "sha256:base"}))
"""
_GCLOUD = """
if "list" in sys.argv:
    by_digest = {}
    for tag, digest in images.items():
        by_digest.setdefault(digest, []).append(tag)
    print(json.dumps([
        {"package": sys.argv[5] + "/job", "version": digest, "tags": ",".join(tags)}
        for digest, tags in by_digest.items()
    ]))
if "add" in sys.argv:
    images[sys.argv[-1].rsplit(":", 1)[1]] = sys.argv[-2].split("@")[1]
    save()
"""


@pytest.fixture
def registry(programs):
    programs.add("docker", _REGISTRY + _DOCKER)
    programs.add("gcloud", _REGISTRY + _GCLOUD)
    return Registry(REPOSITORY, keeps_versions=False)


@pytest.fixture
def changed(tmp_path):
    """An image of a repository of its own, whose files a test may change."""
    folder = tmp_path / "repository"
    (folder / "shared").mkdir(parents=True)
    (folder / "Dockerfile.job").write_text("ARG BASE=b\nFROM ${BASE}\nCOPY shared shared\n")
    (folder / ".dockerignore").write_text("*\n!shared\n")
    (folder / "shared/errors.py").write_text("A = 1\n")
    (folder / "README.md").write_text("# It\n")
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return Image("job", folder)


def test_the_hash_changes_with_whatever_goes_in_and_with_nothing_else(changed):
    hashes = {changed.content_hash(BASE)}
    (changed.folder / "README.md").write_text("# Other\n")
    assert changed.content_hash(BASE) in hashes
    (changed.folder / "shared/errors.py").write_text("A = 2\n")
    hashes.add(changed.content_hash(BASE))
    (changed.folder / "Dockerfile.job").write_text("ARG BASE=c\nFROM ${BASE}\nCOPY shared shared\n")
    hashes.add(changed.content_hash(BASE))
    hashes.add(changed.content_hash("sha256:patched"))
    assert len(hashes) == 4


def test_a_renamed_file_is_another_image(changed):
    before = changed.content_hash(BASE)
    subprocess.run(
        ["git", "mv", "shared/errors.py", "shared/words.py"],
        cwd=changed.folder,
        check=True,
    )
    assert changed.content_hash(BASE) != before


def test_what_python_leaves_behind_is_no_input(changed):
    before = changed.content_hash(BASE)
    (changed.folder / "shared/errors.pyc").write_bytes(b"compiled")
    assert changed.content_hash(BASE) == before


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


def test_an_engine_that_does_not_answer_is_passed_over(programs):
    programs.add("docker")
    programs.add("podman")
    assert working_engine() == "docker"
    programs.add("docker", "sys.exit(1)")
    assert working_engine() == "podman"
    programs.add("podman", "sys.exit(125)")
    assert working_engine() is None


def test_options_and_another_base_reach_the_engine(programs):
    programs.add("podman")
    Builder("podman", "localhost/base", ["--pull=never"]).build(JOB, "localhost/mlsys-job")
    (build,) = programs.called("podman", "build")
    assert {"--build-arg=BASE=localhost/base", "--pull=never"} <= set(build)
    assert build[-1] == str(JOB.folder)


def test_the_table_says_what_images_weigh(programs):
    programs.add("podman", "print(136_000_000 if 'slim' in sys.argv[-1] else 616_300_000)")
    table = Builder("podman").sizes([JOB])
    assert table.splitlines()[2] == "| job | 616 | 136 |"


def test_a_base_that_the_builder_kept_to_itself_is_fetched_to_be_weighed(programs):
    programs.add(
        "docker",
        "pulled = folder / 'pulled'\n"
        "if sys.argv[1] == 'pull': pulled.touch()\n"
        "if 'slim' in sys.argv[-1] and not pulled.exists(): sys.exit(1)\n"
        "print(136_000_000)",
    )
    assert "| job | 136 | 136 |" in Builder("docker").sizes([JOB])
    assert programs.called("docker", "pull") == [[JOB.base]]


def test_the_stand_in_for_the_base_is_debian_with_this_machine_s_python(programs, tmp_path):
    prefix = tmp_path / "prefix"
    for name in ("bin/python3.13", "lib/libpython3.13.so.1.0", "lib/python3.13/os.py"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("x")
    for name in ("include/python3.13/Python.h", "lib/python3.13/test/test_os.py"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("x")
    programs.add("python", f"print({str(prefix)!r})")
    programs.add(
        "debootstrap",
        "root = pathlib.Path(sys.argv[-2])\n"
        "(root / 'usr/share/doc').mkdir(parents=True)\n"
        "(root / 'usr/local').mkdir()\n",
    )
    programs.add("chroot")
    programs.add("strip")
    programs.add("podman", "(folder / 'base.tar').write_bytes(sys.stdin.buffer.read())")
    script = Path(JOB.folder) / "deployment/images/base.sh"
    environment = {"PATH": f"{programs.folder}:/usr/bin:/bin", "PYTHON": "python"}
    subprocess.run([script, "localhost/base:1"], env=environment, check=True)
    assert programs.called("podman", "import")[0][-1] == "localhost/base:1"
    listing = ["tar", "-tf", programs.folder / "base.tar"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    assert {"./usr/local/bin/python3.13", "./usr/local/bin/python"} <= set(names)
    assert "./usr/local/lib/python3.13/os.py" in names
    assert not [name for name in names if "test" in name or "share/doc" in name]
