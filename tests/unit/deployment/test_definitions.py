from dataclasses import replace
from pathlib import Path

import pytest

from deployment.definitions import Bucket, Definitions, Schedule, Trigger


@pytest.fixture
def definitions() -> Definitions:
    return Definitions("a-project", "europe-west1", "staging")


def test_no_placeholder_is_left_unfilled(definitions: Definitions) -> None:
    everything = (
        definitions.variables,
        definitions.buckets,
        definitions.tables,
        definitions.views,
        definitions.jobs,
        definitions.services,
        definitions.triggers,
        definitions.schedules,
    )
    assert "${" not in repr(everything)


def test_buckets_keep_what_their_definition_says(definitions: Definitions) -> None:
    assert definitions.buckets == (
        Bucket("mlsys-models-staging", versioning=True),
        Bucket("mlsys-runs-staging", versioning=False, delete_after_days=30),
    )


def test_views_speak_of_the_deployments_own_dataset(definitions: Definitions) -> None:
    (view,) = definitions.views
    assert "FROM `a-project.mlsys_staging.model_registry_events`" in view.query


def test_a_table_is_partitioned_and_clustered_by_columns_that_it_has(
    definitions: Definitions,
) -> None:
    for table in definitions.tables:
        columns = {column["name"] for column in table.columns}
        assert {table.partition_field, *table.clustering} <= columns


def test_a_trigger_names_an_event_a_bucket_and_a_service(definitions: Definitions) -> None:
    assert definitions.triggers[0] == Trigger(
        "finalized",
        "google.cloud.storage.object.v1.finalized",
        "mlsys-models-staging",
        "register",
    )


def test_a_laptop_has_every_runtime_and_a_deployment_those_of_its_list(
    definitions: Definitions,
) -> None:
    assert definitions.variables["MLSYS_RUNTIMES"] == ""
    deployed = replace(definitions, runtimes=("sklearn-1.9", "sklearn-1.5"))
    assert deployed.variables["MLSYS_RUNTIMES"] == "sklearn-1.9,sklearn-1.5"


def test_an_unknown_placeholder_is_named(tmp_path: Path) -> None:
    (tmp_path / "environment.yaml").write_text("NAME: ${zone}")
    with pytest.raises(KeyError, match="zone"):
        _ = Definitions("p", "r", "dev", tmp_path).variables


def test_a_schedule_names_a_job_that_exists(definitions: Definitions) -> None:
    assert definitions.schedules == (
        Schedule("mlsys-registry-staging", "mlsys-registry-staging", "17 * * * *"),
    )
    assert "mlsys-registry-staging" in {job.name for job in definitions.jobs}
