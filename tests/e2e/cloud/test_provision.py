"""What exists in a cloud that has just started, seen with Google's own clients."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, run_v2, storage

from deployment.definitions import Table
from local.cloud import Cloud
from local.tables import DefinitionMismatchError, make_dataset, make_table

CREDENTIALS = AnonymousCredentials()
A_STRING = {"name": "a", "type": "STRING", "mode": "REQUIRED"}
AN_INTEGER = {"name": "b", "type": "INTEGER", "mode": "NULLABLE"}


@pytest.fixture
def client(cloud: Cloud) -> Iterator[bigquery.Client]:
    options = {"api_endpoint": cloud.address["bigquery"]}
    with closing(bigquery.Client(cloud.project, CREDENTIALS, client_options=options)) as client:
        yield client


@pytest.fixture
def dataset(client: bigquery.Client) -> Iterator[bigquery.DatasetReference]:
    dataset = make_dataset(client, "provision_test")
    yield dataset
    client.delete_dataset(dataset, delete_contents=True)


def table(*columns: Mapping[str, Any], **layout: Any) -> Table:
    return Table("t", columns, **layout)


def columns_of(client: bigquery.Client, dataset: bigquery.DatasetReference) -> list[str]:
    return [column.name for column in client.get_table(dataset.table("t")).schema]


def test_every_bucket_has_its_versioning_and_its_lifecycle(cloud: Cloud) -> None:
    options = {"api_endpoint": cloud.address["storage"]}
    client = storage.Client(cloud.project, CREDENTIALS, client_options=options)
    # Another test may have made another environment beside this one.
    models, runs = (each for each in client.list_buckets() if each.name.endswith("-dev"))
    assert (models.name, models.versioning_enabled) == ("mlsys-models-dev", True)
    assert (runs.name, runs.versioning_enabled) == ("mlsys-runs-dev", False)
    assert list(models.lifecycle_rules) == []
    assert [rule["condition"] for rule in runs.lifecycle_rules] == [{"age": 30}]


def test_every_view_has_the_columns_that_its_schema_tells_of(
    cloud: Cloud, client: bigquery.Client
) -> None:
    for view in cloud.definitions.views:
        schema = cloud.definitions.folder / "schemas" / f"{view.name}.json"
        told = [
            (each["name"], each["type"], each["mode"]) for each in json.loads(schema.read_text())
        ]
        rows = client.query_and_wait(
            f"SELECT * FROM {cloud.definitions.dataset}.{view.name} LIMIT 0"
        )
        found = [(field.name, field.field_type, field.mode) for field in rows.schema]
        assert found == told


def test_every_table_has_its_columns_its_partitions_and_its_clusters(
    cloud: Cloud, client: bigquery.Client
) -> None:
    for definition in cloud.definitions.tables:
        made = client.get_table(f"{cloud.definitions.dataset}.{definition.name}")
        assert [column.name for column in made.schema] == [c["name"] for c in definition.columns]
        assert made.time_partitioning.field == definition.partition_field
        assert tuple(made.clustering_fields) == definition.clustering


def test_every_view_can_be_queried(cloud: Cloud, client: bigquery.Client) -> None:
    for view in cloud.definitions.views:
        name = f"{cloud.definitions.dataset}.{view.name}"
        rows = client.query_and_wait(f"SELECT * FROM {name}")  # a name of our own
        assert "model_name" in [column.name for column in rows.schema]


def test_every_job_has_its_command_and_the_environment_of_every_container(cloud: Cloud) -> None:
    client = run_v2.JobsClient(
        transport="rest",
        credentials=CREDENTIALS,
        client_options={"api_endpoint": cloud.address["run"]},
    )
    parent = f"projects/{cloud.project}/locations/{cloud.region}"
    for definition in cloud.definitions.jobs:
        job = client.get_job(name=f"{parent}/jobs/{definition.name}")
        (container,) = job.template.template.containers
        assert tuple(container.command) == definition.command
        assert job.template.template.max_retries == definition.max_retries
        variables = {variable.name: variable.value for variable in container.env}
        assert variables == cloud.definitions.variables


def test_provisioning_again_changes_nothing(cloud: Cloud, client: bigquery.Client) -> None:
    def tables() -> list[str]:
        return [json.dumps(client.get_table(each).schema, default=str) for each in listed]

    listed = list(client.list_tables(cloud.definitions.dataset))
    before = tables()
    again = subprocess.run(
        [sys.executable, "-m", "local.provision"],
        env={**os.environ, **cloud.variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert tables() == before


def test_a_table_gets_the_columns_that_it_lacks_and_keeps_its_rows(
    client: bigquery.Client, dataset: bigquery.DatasetReference
) -> None:
    make_table(client, dataset, table(A_STRING))
    client.query_and_wait("INSERT provision_test.t (a) VALUES ('kept')")
    make_table(client, dataset, table(A_STRING, AN_INTEGER))
    rows = client.query_and_wait("SELECT a, b FROM provision_test.t")
    assert [tuple(row) for row in rows] == [("kept", None)]


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (table({**A_STRING, "type": "BYTES"}), "column a is REQUIRED STRING, defined is REQUIRED"),
        (table({**A_STRING, "mode": "NULLABLE"}), "column a is REQUIRED STRING"),
        (table(AN_INTEGER), "column a is REQUIRED STRING, defined is none"),
        (table(A_STRING, {**AN_INTEGER, "mode": "REQUIRED"}), "column b is REQUIRED and missing"),
        (table(A_STRING, clustering=("a",)), "clustering is None, defined is"),
    ],
)
def test_a_table_that_adding_columns_cannot_mend_is_left_alone(
    client: bigquery.Client, dataset: bigquery.DatasetReference, other: Table, difference: str
) -> None:
    make_table(client, dataset, table(A_STRING))
    with pytest.raises(DefinitionMismatchError, match=difference):
        make_table(client, dataset, other)
    assert columns_of(client, dataset) == ["a"]
