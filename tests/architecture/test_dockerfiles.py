"""What can be said of the images without building them."""

import re
from pathlib import Path

import pytest

from deployment.definitions import Definitions
from deployment.images.image import IMAGES, REPOSITORY
from deployment.images.runtime_layers import runtime_layers

DEFINITIONS = Definitions("example-project", "europe-west1", "dev")
GROUPS = {"job": "jobs", "gateway": "gateway"}
CODE = {"job": {"shared", "jobs", "runtimes"}, "gateway": {"shared", "gateway"}}
LAYERS = runtime_layers(["sklearn-1.9", "sklearn-1.5"])
each_image = pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)


def stages(image):
    """The instructions of each stage of a Dockerfile, comments and continued lines apart."""
    text = re.sub(r"^#.*\n", "", image.dockerfile.read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]


def test_every_container_that_is_defined_runs_in_an_image_that_is_built():
    running = [*DEFINITIONS.jobs, *DEFINITIONS.services.values()]
    assert {each.image for each in running} == {image.name for image in IMAGES}
    assert all(image.dockerfile.exists() for image in IMAGES)


@each_image
def test_an_image_runs_as_a_numbered_user_who_is_not_root(image):
    users = [line for line in stages(image)[-1] if line.startswith("USER ")]
    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", users[-1])


@each_image
def test_an_image_installs_the_hashed_packages_of_its_own_group_alone(image):
    requirements = {each for each in image.sources if each.startswith("requirements/")}
    group = f"requirements/{GROUPS[image.name]}.txt"
    assert requirements == {"requirements/build.txt", group}
    text = image.dockerfile.read_text()
    installs = re.findall(r"pip (?:install|sync)[^\n]*", text)
    assert installs
    assert all("--require-hashes" in each for each in installs)


@each_image
def test_an_image_carries_the_code_that_it_runs_and_nothing_of_the_laptop_s(image):
    code = {each for each in image.sources if not each.startswith("requirements/")}
    assert code == CODE[image.name]


@each_image
def test_what_builds_stays_behind(image):
    *_, last = stages(image)
    assert not any(line.startswith("RUN ") for line in last)
    copied = [line for line in last if line.startswith("COPY ")]
    assert copied
    assert all("--from=" in line for line in copied)


@each_image
def test_packages_come_before_code_so_that_a_change_of_code_reuses_their_layer(image):
    copied = [line for line in stages(image)[-1] if line.startswith("COPY ")]
    assert copied[0].startswith("COPY --from=packages ")


@each_image
def test_every_stage_stands_on_the_base_that_is_asked_for(image):
    assert image.dockerfile.read_text().count("ARG BASE=") == 1
    foundations = {stage[0].split()[1] for stage in stages(image)}
    assert foundations == ({"${BASE}", "${BELOW}"} if image.name == "job" else {"${BASE}"})


def test_the_images_and_the_layers_of_runtimes_stand_on_one_base():
    assert len({image.base for image in (*IMAGES, *LAYERS)}) == 1


def test_a_layer_adds_one_folder_to_what_is_below():
    added = [stage for stage in stages(LAYERS[0]) if stage[0].split()[1] == "${BELOW}"]
    targets = {stage[0].split()[-1]: stage[1:] for stage in added}
    assert set(targets) == {layer.target for layer in LAYERS} - {"system"}
    for instructions in targets.values():
        (copied,) = [line for line in instructions if line and not line.startswith("ARG ")]
        assert copied.startswith("COPY --from=")
        assert copied.split()[-2] == copied.split()[-1]


def test_a_runtime_is_made_of_its_own_definition_by_hashes_alone():
    *_, layer = LAYERS
    assert layer.sources == ["requirements/build.txt", "runtimes/sklearn-1.5"]
    installs = re.findall(r"pip (?:install|sync)[^\n]*", layer.dockerfile.read_text())
    assert len(installs) == 2
    assert all("--require-hashes" in each for each in installs)


def test_a_layer_has_a_stage_for_each_target():
    names = {stage[0].split()[-1] for stage in stages(LAYERS[0])}
    assert {layer.target for layer in LAYERS} <= names


def test_only_what_is_copied_reaches_the_builder():
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    ignored = [line for line in lines if line and not line.startswith("#")]
    admitted = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[0] == "*"
    assert admitted == {source for image in IMAGES for source in image.sources}
    assert all(Path(REPOSITORY / each).exists() for each in admitted)
