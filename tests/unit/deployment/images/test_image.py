"""What an image is made of, as a hash."""

import subprocess
from dataclasses import replace

import pytest

from deployment.images.image import Image

BASE = "sha256:base"


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


def test_the_hash_changes_with_what_an_image_is_put_on_and_with_what_is_chosen(changed):
    hashes = {changed.content_hash(BASE), changed.content_hash(BASE, "runtime@sha256:1")}
    hashes |= {
        replace(changed, target="python").content_hash(BASE),
        replace(changed, arguments={"PYTHON": "3.11"}).content_hash(BASE),
    }
    assert len(hashes) == 4


def test_an_argument_chooses_what_is_copied(changed):
    copying = "ARG BASE=b\nFROM ${BASE}\nARG RUNTIME\nCOPY runtimes/${RUNTIME} /build/${RUNTIME}\n"
    (changed.folder / "Dockerfile.job").write_text(copying)
    assert changed.sources == []
    assert replace(changed, arguments={"RUNTIME": "sklearn-1.5"}).sources == [
        "runtimes/sklearn-1.5"
    ]
    assert changed.declared_arguments == {"BASE", "RUNTIME"}


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
