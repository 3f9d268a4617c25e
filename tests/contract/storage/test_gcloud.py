"""The command line that users have drives the stand-in."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from google.cloud import storage

from tests.contract.storage.servers import Server

type Gcloud = Callable[..., str]

pytestmark = pytest.mark.cli


@pytest.fixture
def gcloud(server: Server, tmp_path: Path) -> Gcloud:
    """Runs `gcloud storage …` in an empty folder; returns what it prints."""
    if not shutil.which("gcloud"):
        if os.environ.get("CI") == "true":
            pytest.fail("gcloud is not installed")
        pytest.skip("gcloud is not installed")
    (tmp_path / "home").mkdir()
    environment = os.environ | {
        "HOME": str(tmp_path / "home"),
        "CLOUDSDK_CONFIG": str(tmp_path / "config"),
        "CLOUDSDK_CORE_PROJECT": "local",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{server.url}/",
    }

    def run(*arguments: str, stdin: str = "", refused: str = "") -> str:
        done = subprocess.run(
            ["gcloud", "storage", *arguments],
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode != 0) == bool(refused), done.stderr
        assert refused in done.stderr
        return done.stdout

    return run


def test_files_go_up_and_down(gcloud: Gcloud, tmp_path: Path, client: storage.Client) -> None:
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "a.txt").write_text("a")
    (tmp_path / "tree" / "sub" / "b.txt").write_text("b")
    (tmp_path / "big.bin").write_bytes(os.urandom(9_000_000))

    gcloud("buckets", "create", "gs://cli-files")
    gcloud("cp", "-r", "tree", "big.bin", "gs://cli-files/")
    gcloud("rsync", "-r", "tree", "gs://cli-files/synced")
    gcloud("cp", "-", "gs://cli-files/stdin.txt", stdin="streamed")
    down = tmp_path / "down"
    down.mkdir()
    gcloud("cp", "-r", "gs://cli-files/*", "down")

    assert (down / "big.bin").read_bytes() == (tmp_path / "big.bin").read_bytes()
    assert (down / "tree" / "sub" / "b.txt").read_text() == "b"
    assert (down / "synced" / "a.txt").read_text() == "a"
    assert gcloud("cat", "gs://cli-files/stdin.txt") == "streamed"
    gcloud("rm", "-r", "gs://cli-files")
    assert not client.bucket("cli-files").exists()


def test_a_model_is_uploaded_described_listed_and_moved(
    gcloud: Gcloud, tmp_path: Path, bucket: storage.Bucket
) -> None:
    (tmp_path / "model.pkl").write_text("hello\n")
    address = f"gs://{bucket.name}/titanic/v1/model.pkl"
    moved = f"gs://{bucket.name}/titanic/v2/model.pkl"

    gcloud("cp", "--custom-metadata=owner=anna", "model.pkl", address)
    gcloud("cp", "--if-generation-match=0", "model.pkl", address, refused="412")
    described = json.loads(gcloud("objects", "describe", address, "--format=json"))
    assert described["custom_fields"] == {"owner": "anna"}
    assert described["generation"] == str(bucket.get_blob("titanic/v1/model.pkl").generation)
    assert described["md5_hash"] == "sZRqySSS0jR8YjW00mERhA=="
    gcloud("mv", address, moved)
    assert gcloud("ls", "-r", f"gs://{bucket.name}/").split() == [
        f"gs://{bucket.name}/:",
        f"gs://{bucket.name}/titanic/:",
        f"gs://{bucket.name}/titanic/v2/:",
        moved,
    ]
    assert gcloud("ls", "-l", f"gs://{bucket.name}/**/model.pkl").split()[0] == "6"
    assert described["md5_hash"] in gcloud("hash", moved)
    assert gcloud("du", "-s", f"gs://{bucket.name}").split() == ["6", f"gs://{bucket.name}"]
    gcloud("rm", moved)
    assert list(bucket.list_blobs()) == []
