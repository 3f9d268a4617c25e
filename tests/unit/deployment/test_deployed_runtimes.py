"""Which runtimes an environment has."""

import json

import pytest

from deployment.deployed_runtimes import deployed_runtimes, runtimes_file


def test_the_list_keeps_its_order(tmp_path):
    file = tmp_path / runtimes_file("dev")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"runtimes": ["sklearn-1.9", "sklearn-1.5"]}))
    assert deployed_runtimes("dev", tmp_path) == ("sklearn-1.9", "sklearn-1.5")


def test_an_environment_without_a_list_is_no_environment_without_runtimes(tmp_path):
    with pytest.raises(FileNotFoundError):
        deployed_runtimes("dev", tmp_path)
