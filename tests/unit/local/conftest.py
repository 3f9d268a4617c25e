from pathlib import Path

import pytest

from local.cloud import PORT_NAMES, Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    ports = {name: 40000 + index for index, name in enumerate(PORT_NAMES)}
    return Cloud(tmp_path, "a-project", "europe-west1", "dev", ports)
