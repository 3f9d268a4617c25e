from pathlib import Path

import duckdb

from local.bigquery import EXTENSIONS, link_extensions


def test_duckdb_finds_every_extension_without_the_network(tmp_path: Path) -> None:
    folder = link_extensions(tmp_path)
    # …/extensions/VERSION/PLATFORM
    configuration = {
        "extension_directory": str(folder.parents[1]),
        "autoinstall_known_extensions": "false",
    }
    with duckdb.connect(config=configuration) as connection:
        for name in EXTENSIONS:
            connection.execute(f"LOAD {name}")


def test_a_link_into_an_environment_that_is_gone_is_renewed(tmp_path: Path) -> None:
    folder = link_extensions(tmp_path)
    link = folder / "icu.duckdb_extension"
    link.unlink()
    link.symlink_to("/gone")
    link_extensions(tmp_path)
    assert link.exists()
