"""The names of jobs and of their executions."""

import re
import secrets
import string

from local.run.errors import InvalidArgumentError

_JOB_ID = re.compile(r"[a-z]([a-z0-9-]{0,47}[a-z0-9])?")
_SUFFIX_ALPHABET = string.ascii_lowercase + string.digits


def check_job_id(job: str) -> None:
    """Refuse what Cloud Run takes for no job's name.

    Raises:
        InvalidArgumentError: It breaks the rule.
    """
    if not _JOB_ID.fullmatch(job):
        raise InvalidArgumentError(
            f"Violation in job name {job!r}: must use lowercase letters, digits and hyphens, "
            "begin with a letter, not end with a hyphen, and be shorter than 50."
        )


def execution_name(job: str) -> str:
    """Return a name for an execution of the job: `{job}-{5 random characters}`."""
    return f"{job}-{''.join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(5))}"
