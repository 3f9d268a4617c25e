"""Makes everything in Terraform's definitions exist in a cloud; what exists stays as it is.

`python -m local.provision URL…`, in a container's environment and with gcloud's variable for Cloud
Scheduler. It may start before the services that it needs: the imports alone take seconds. Then it
waits until each URL answers.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import urllib3
from google.api_core.exceptions import Conflict
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, run_v2, storage  # type: ignore[attr-defined]  # a namespace

from deployment.definitions import Bucket, Definitions, Job, location, scheduler_job
from local.cloud import SCHEDULER_ENDPOINT
from local.supervisor.service import Answers, passed_within
from local.tables import DefinitionMismatchError, make_dataset, make_table, make_view

_WAIT_SECONDS = 60


def provision(definitions: Definitions, cloud_run_endpoint: str, scheduler_endpoint: str) -> None:
    """Make buckets, dataset, tables, views, jobs and schedules. Doing it again changes nothing.

    Raises:
        DefinitionMismatchError: when a table exists with columns that adding cannot mend.
    """
    _make_storage(definitions)
    _make_tables(definitions)
    _make_jobs(definitions, cloud_run_endpoint)
    make_schedules(definitions, scheduler_endpoint)


def _make_storage(definitions: Definitions) -> None:
    client = storage.Client(definitions.project_id, credentials=AnonymousCredentials())
    for bucket in definitions.buckets:
        make_bucket(client, bucket, definitions.region)


def make_bucket(client: storage.Client, definition: Bucket, location: str) -> None:
    """Make the bucket, or give an existing one the versioning and lifecycle of its definition."""
    bucket = client.bucket(definition.name)
    try:
        bucket.create(location=location)
    except Conflict:
        bucket.reload()
    bucket.versioning_enabled = definition.versioning
    bucket.clear_lifecycle_rules()
    if definition.delete_after_days:
        bucket.add_lifecycle_delete_rule(age=definition.delete_after_days)
    bucket.patch()


def _make_tables(definitions: Definitions) -> None:
    client = bigquery.Client(
        definitions.project_id,
        credentials=AnonymousCredentials(),
        location=definitions.region,
    )
    dataset = make_dataset(client, definitions.dataset)
    for table in definitions.tables:
        make_table(client, dataset, table)
    for view in definitions.views:
        make_view(client, dataset, view)


def _make_jobs(definitions: Definitions, endpoint: str) -> None:
    client = run_v2.JobsClient(
        transport="rest",
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": endpoint},
    )
    parent = location(definitions)
    for job in definitions.jobs:
        make_job(client, parent, job, definitions.variables)


def make_job(
    client: run_v2.JobsClient, parent: str, definition: Job, variables: Mapping[str, str]
) -> None:
    """Make the job, or bring an existing one to its definition."""
    job = _job(definition, variables)
    job.name = f"{parent}/jobs/{definition.name}"
    client.update_job(run_v2.UpdateJobRequest(job=job, allow_missing=True)).result()


def _job(definition: Job, variables: Mapping[str, str]) -> run_v2.Job:
    container = run_v2.Container(
        image=definition.image,
        command=definition.command,
        args=definition.args,
        env=[run_v2.EnvVar(name=name, value=value) for name, value in variables.items()],
        resources={"limits": {"cpu": definition.cpu, "memory": definition.memory}},
    )
    task = run_v2.TaskTemplate(
        containers=[container],
        max_retries=definition.max_retries,
        timeout=f"{definition.timeout_seconds}s",
    )
    template = run_v2.ExecutionTemplate(task_count=definition.task_count, template=task)
    return run_v2.Job(template=template)


def make_schedules(definitions: Definitions, endpoint: str) -> None:
    """Make what the clock launches in every deployment, or bring it to its definition.

    A schedule that somebody paused stays paused. The endpoint ends with a slash.
    """
    url = f"{endpoint}v1/{location(definitions)}/jobs"
    for schedule in definitions.schedules:
        job = scheduler_job(definitions, schedule)
        if _status("POST", url, job) == HTTPStatus.CONFLICT:
            _status("PATCH", f"{url}/{schedule.name}", job)


def _status(method: str, url: str, job: Mapping[str, object]) -> int:
    answer = urllib3.request(method, url, json=job)
    if answer.status not in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
        raise RuntimeError(f"{method} {url} answered {answer.status}: {answer.data.decode()}")
    return answer.status


def _await(urls: Sequence[str]) -> None:
    for url in urls:
        if not passed_within(Answers(url), _WAIT_SECONDS):
            sys.exit(f"{url} did not answer within {_WAIT_SECONDS} s")


def _main(urls: Sequence[str], environ: Mapping[str, str]) -> None:
    _await(urls)
    definitions = Definitions(
        environ["GCP_PROJECT_ID"], environ["GCP_REGION"], environ["MLSYS_ENV"]
    )
    try:
        provision(definitions, environ["CLOUD_RUN_ENDPOINT"], environ[SCHEDULER_ENDPOINT])
    except DefinitionMismatchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main(sys.argv[1:], os.environ)
