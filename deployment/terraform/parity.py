"""Whether Terraform makes what the local cloud is made from: one definition, read by two."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deployment.definitions import Definitions, scheduler_job
from deployment.terraform.offline_plan import PROJECT, Resource

type _Things = dict[str, Any]


def differences(resources: Sequence[Resource], definitions: Definitions) -> Iterator[str]:
    """One sentence for each thing that one cloud has and the other has not, or has otherwise."""
    terraform, local = _of_terraform(resources), _of_local(definitions)
    for kind in local:
        for name in sorted(terraform[kind].keys() | local[kind].keys()):
            made, defined = terraform[kind].get(name), local[kind].get(name)
            if made != defined:
                yield f"{kind} {name}: Terraform makes {made}, the local cloud {defined}"
    for path in sorted(definitions.folder.glob("schemas/*.json")):
        if path.stem not in local["table"] | local["view"]:
            yield f"schemas/{path.name}: no table and no view has these columns"


def deployed(environment: str, folder: Path, runtimes: tuple[str, ...]) -> Definitions:
    """The definitions that the module in the folder reads, for a deployment with these runtimes."""
    module = folder / "modules/mlsys/definitions"
    return Definitions(PROJECT, "europe-west1", environment, module, runtimes)


def _of_local(definitions: Definitions) -> dict[str, _Things]:
    variables = definitions.variables
    return {
        "bucket": {each.name: each.versioning for each in definitions.buckets},
        "table": {each.name: list(each.columns) for each in definitions.tables},
        "view": {each.name: each.query for each in definitions.views},
        "job": {
            each.name: (list(each.command), list(each.args), variables) for each in definitions.jobs
        },
        "service": {
            each.name: (list(each.command), variables) for each in definitions.services.values()
        },
        "trigger": {
            each.event_type: (each.bucket, definitions.services[each.service].name)
            for each in definitions.triggers
        },
        "schedule": {
            each.name: _schedule(scheduler_job(definitions, each)) for each in definitions.schedules
        },
    }


def _schedule(job: Mapping[str, Any]) -> _Things:
    names = ("schedule", "timeZone", "attemptDeadline")
    retries = job["retryConfig"]["retryCount"]
    return {**{name: job[name] for name in names}, "retryCount": retries}


def _of_terraform(resources: Sequence[Resource]) -> dict[str, _Things]:
    def of(kind: str) -> list[Mapping[str, Any]]:
        return [each.values for each in resources if each.type == f"google_{kind}"]

    jobs = [(each["name"], _container(each["template"][0])) for each in of("cloud_run_v2_job")]
    services = [(each["name"], _container(each)) for each in of("cloud_run_v2_service")]
    tables = of("bigquery_table")
    return {
        "bucket": {each["name"]: each["versioning"][0]["enabled"] for each in of("storage_bucket")},
        "table": {t["table_id"]: json.loads(t["schema"]) for t in tables if not t["view"]},
        "view": {t["table_id"]: t["view"][0]["query"] for t in tables if t["view"]},
        "job": {name: (c["command"], c["args"], _variables(c)) for name, c in jobs},
        "service": {name: (c["command"], _variables(c)) for name, c in services},
        "trigger": {
            _criterion(each, "type"): (
                _criterion(each, "bucket"),
                each["destination"][0]["cloud_run_service"][0]["service"],
            )
            for each in of("eventarc_trigger")
        },
        "schedule": {
            each["name"]: {
                "schedule": each["schedule"],
                "timeZone": each["time_zone"],
                "attemptDeadline": each["attempt_deadline"],
                "retryCount": each["retry_config"][0]["retry_count"],
            }
            for each in of("cloud_scheduler_job")
            if each["http_target"][0]["oauth_token"]  # the others are a deployment's own
        },
    }


def _container(values: Mapping[str, Any]) -> Mapping[str, Any]:
    (container,) = values["template"][0]["containers"]
    found: Mapping[str, Any] = container
    return found


def _variables(container: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container["env"]}


def _criterion(trigger: Mapping[str, Any], attribute: str) -> str:
    criteria = trigger["matching_criteria"]
    return next(str(each["value"]) for each in criteria if each["attribute"] == attribute)
