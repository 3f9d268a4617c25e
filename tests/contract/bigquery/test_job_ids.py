"""BigQuery runs a job id once, whoever submits it at the same instant: so does the emulator."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from google.api_core.exceptions import Conflict
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

AT_ONCE = 8


@pytest.fixture(scope="module")
def client(cloud):
    return bigquery.Client(
        project=cloud.project,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": cloud.address["bigquery"]},
    )


@pytest.mark.parametrize("turn", range(10))
def test_of_many_who_submit_one_job_at_once_one_wins_and_the_others_know(client, turn):
    table, instant = f"mlsys_dev.submitted_at_once_{turn}", Barrier(AT_ONCE)
    client.query_and_wait(f"CREATE TABLE {table} (number INT64)")

    def submit(number):
        statement = f"INSERT INTO {table} VALUES ({number})"
        instant.wait()
        try:
            return client.query(statement, job_id=f"at-once-{turn}", job_retry=None)
        except Conflict:
            return None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        jobs = [job for job in threads.map(submit, range(AT_ONCE)) if job]
    assert len(jobs) == 1
    jobs[0].result()
    assert len(list(client.list_rows(table))) == 1
    assert isinstance(client.get_job(f"at-once-{turn}"), bigquery.QueryJob)
