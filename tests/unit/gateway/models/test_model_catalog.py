from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from gateway.models.model_catalog import ModelCatalog
from shared.errors import InvalidArgument, NotFound
from shared.settings.settings import Settings


def row(version, **changes):
    return {
        "model_name": "titanic",
        "model_version": version,
        "gcs_bucket": "mlsys-models-dev",
        "generation": 1,
        "file_size_bytes": 7,
        "crc32c": "",
        "sha256": None,
        "status": "approved",
        "findings": [],
        "aliases": [],
        "registered_at": datetime(2026, 1, 31, tzinfo=UTC),
        "metadata": None,
        "signature": None,
    } | changes


class FakeBigQuery:
    """The view `model_registry`, with the filters of the two queries that read it."""

    project = "my-project"

    def __init__(self, *rows):
        self.rows = rows

    def query_and_wait(self, _sql, job_config):
        values = {each.name: each.value for each in job_config.query_parameters}
        alias = values.pop("alias", None)
        return [
            each
            for each in self.rows
            if all(value in {None, each[name]} for name, value in values.items())
            and (alias is None or alias in each["aliases"])
        ]


@pytest.fixture
def catalog():
    def make(*rows):
        settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project"})
        return ModelCatalog(SimpleNamespace(bigquery=FakeBigQuery(*rows), settings=settings))

    return make


def test_a_model_has_its_versions_and_aliases(catalog):
    (model,) = catalog(row("v2", aliases=["champion"]), row("v1", aliases=["old"])).models()
    assert model["name"] == "titanic"
    assert [each["model_version"] for each in model["versions"]] == ["v2", "v1"]
    assert model["aliases"] == {"champion": "v2", "old": "v1", "latest": "v2"}


def test_latest_is_no_quarantined_version(catalog):
    (model,) = catalog(row("v2", status="quarantined"), row("v1")).models()
    assert model["aliases"] == {"latest": "v1"}
    (model,) = catalog(row("v2", status="quarantined")).models()
    assert model["aliases"] == {}


@pytest.mark.parametrize(
    ("metadata", "description"),
    [
        ('{"description": "who survives"}', "who survives"),
        ('{"description": 7}', None),
        (None, None),
    ],
)
def test_a_list_has_descriptions_and_no_metadata(catalog, metadata, description):
    (model,) = catalog(row("v1", metadata=metadata, signature="{}")).models()
    (version,) = model["versions"]
    assert version["description"] == description
    assert not {"metadata", "signature"} & version.keys()


def test_a_version_has_every_column_as_json(catalog):
    metadata = '{"accuracy": NaN, "key_columns": ["Id"]}'
    version = catalog(row("v1", metadata=metadata)).version("titanic", "1")
    assert version["registered_at"] == "2026-01-31T00:00:00+00:00"
    assert version["metadata"] == {"accuracy": "NaN", "key_columns": ["Id"]}
    assert version["signature"] is None


@pytest.mark.parametrize("alias", ["champion", "latest"])
def test_an_alias_names_a_version(catalog, alias):
    versions = [row("v1"), row("v2", aliases=["champion"])]
    assert catalog(*versions).version("titanic", alias)["model_version"] == "v2"


@pytest.mark.parametrize(
    ("version", "kind"), [("v3", NotFound), ("hero", NotFound), ("v1.2", InvalidArgument)]
)
def test_what_the_registry_lacks_is_not_found(catalog, version, kind):
    with pytest.raises(kind):
        catalog(row("v1")).version("titanic", version)
