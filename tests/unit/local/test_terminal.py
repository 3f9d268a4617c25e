import subprocess
from pathlib import Path

from local.cloud import PORT_NAMES, Cloud
from local.terminal import export_lines


def evaluated(lines: str, name: str) -> str:
    script = f'{lines}printf %s "${name}"'
    return subprocess.run(
        ["sh", "-c", script], env={}, check=True, capture_output=True, text=True
    ).stdout


def test_a_shell_gets_every_value_as_it_is() -> None:
    for value in ("plain", "two words", 'it\'s $HOME `true` "quoted" \\', "line\nbreak", ""):
        assert evaluated(export_lines({"NAME": value}), "NAME") == value


def test_a_client_gets_endpoints_settings_and_a_gcloud_configuration_of_its_own(
    tmp_path: Path,
) -> None:
    ports = {name: 40000 + index for index, name in enumerate(PORT_NAMES)}
    variables = Cloud(tmp_path, "a-project", "europe-west1", "dev", ports).variables
    assert variables["BIGQUERY_EMULATOR_HOST"] == "http://127.0.0.1:40000"
    assert variables["BIGQUERY_STORAGE_ENDPOINT"] == "127.0.0.1:40001"
    assert variables["STORAGE_EMULATOR_HOST"] == "http://127.0.0.1:40002"
    assert variables["MLSYS_ENV"] == "dev"
    assert variables["GATEWAY_URL"].endswith(":40006")
    assert Path(variables["CLOUDSDK_CONFIG"]).is_relative_to(tmp_path)
