from pathlib import Path

import pytest

from local.cloud import PORT_NAMES, Cloud
from local.definitions import Bucket, Definitions, Schedule, Trigger
from local.services import services
from local.triggers import triggers


@pytest.fixture
def definitions() -> Definitions:
    return Definitions("a-project", "europe-west1", "staging")


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    ports = {name: 40000 + index for index, name in enumerate(PORT_NAMES)}
    return Cloud(tmp_path, "a-project", "europe-west1", "dev", ports)


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


def test_an_unknown_placeholder_is_named(tmp_path: Path) -> None:
    (tmp_path / "environment.yaml").write_text("NAME: ${zone}")
    with pytest.raises(KeyError, match="zone"):
        _ = Definitions("p", "r", "dev", tmp_path).variables


def test_triggers_lead_to_the_register_service(cloud: Cloud) -> None:
    destinations = {trigger["destination"] for trigger in triggers(cloud)}
    assert destinations == {f"{cloud.address['register']}/"}


def test_every_defined_service_runs_with_its_own_command(cloud: Cloud) -> None:
    commands = {service.name: service.command for service in services(cloud)}
    for name, definition in cloud.definitions.services.items():
        assert commands[name] == definition.command


def test_a_service_waits_only_for_services_before_it(cloud: Cloud) -> None:
    seen: set[str] = set()
    for service in services(cloud):
        assert {*service.depends_on, *service.announced_after} <= seen
        seen.add(service.name)


def test_no_service_inherits_a_variable_of_the_shell(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/somebodys/key.json")
    for service in services(cloud):
        assert "GOOGLE_APPLICATION_CREDENTIALS" not in service.environment
        assert Path(service.environment["HOME"]).is_relative_to(cloud.home)


def test_a_schedule_names_a_job_that_exists(definitions: Definitions) -> None:
    assert definitions.schedules == (
        Schedule("mlsys-registry-staging", "mlsys-registry-staging", "17 * * * *"),
    )
    assert "mlsys-registry-staging" in {job.name for job in definitions.jobs}
