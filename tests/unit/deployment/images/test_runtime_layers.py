"""Which layers the runtimes of a list are, and in which order."""

import pytest

from deployment.commands import CommandFailedError
from deployment.images.runtime_layers import runtime_layers

PYTHONS = {"sklearn-1.4": "3.11", "sklearn-1.5": "3.11", "sklearn-1.9": "3.13"}


@pytest.fixture
def folder(tmp_path):
    for name, python in PYTHONS.items():
        definition = tmp_path / "runtimes" / name
        definition.mkdir(parents=True)
        (definition / ".python-version").write_text(f"{python}\n")
        (definition / "requirements.txt").touch()
    return tmp_path


def test_the_system_comes_first_and_each_runtime_after_its_python(folder):
    layers = runtime_layers(["sklearn-1.9", "sklearn-1.5"], folder)
    tags = ["system", "python-3.13", "sklearn-1.9", "python-3.11", "sklearn-1.5"]
    assert [each.tag for each in layers] == tags
    assert layers[-1].arguments == {"PYTHON": "3.11", "RUNTIME": "sklearn-1.5"}


def test_runtimes_of_one_python_share_it(folder):
    layers = runtime_layers(["sklearn-1.5", "sklearn-1.4"], folder)
    assert [each.tag for each in layers] == ["system", "python-3.11", "sklearn-1.5", "sklearn-1.4"]


def test_a_runtime_at_the_end_of_the_list_leaves_the_layers_before_as_they_are(folder):
    before = runtime_layers(["sklearn-1.9", "sklearn-1.5"], folder)
    assert runtime_layers(["sklearn-1.9", "sklearn-1.5", "sklearn-1.4"], folder)[:-1] == before


def test_a_runtime_that_there_is_not_is_named_with_those_that_there_are(folder):
    with pytest.raises(CommandFailedError, match=r"'sklearn-2\.0': there are sklearn-1\.4, "):
        runtime_layers(["sklearn-2.0"], folder)
