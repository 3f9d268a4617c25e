"""The jobs of Cloud Scheduler that Terraform's `schedules.tf` makes, as the API v1 writes them."""

from typing import Any

from local.definitions import Definitions, Schedule


def scheduler_job(definitions: Definitions, schedule: Schedule) -> dict[str, Any]:
    """Return what `google_cloud_scheduler_job` asks the API for."""
    project, parent = definitions.project_id, location(definitions)
    account = f"mlsys-scheduler-{definitions.environment}@{project}.iam.gserviceaccount.com"
    return {
        "name": f"{parent}/jobs/{schedule.name}",
        "schedule": schedule.cron,
        "timeZone": "Etc/UTC",
        "attemptDeadline": "60s",
        "retryConfig": {"retryCount": 3},
        "httpTarget": {
            "httpMethod": "POST",
            "uri": f"https://run.googleapis.com/v2/{parent}/jobs/{schedule.job}:run",
            "oauthToken": {"serviceAccountEmail": account},
        },
    }


def location(definitions: Definitions) -> str:
    """Return the parent of all jobs."""
    return f"projects/{definitions.project_id}/locations/{definitions.region}"
