"""The folder of a run, `gs://{runs bucket}/{run_id}/`: all that several attempts at it share.

launch.json     what was asked for, and by whom; created once, by who launches it (gateway)
launches/       who may launch it again after a lost answer; each created once (gateway)
execution.json  the execution that was launched (gateway)
cancel.json     who asked for its end first (gateway)
plan.json       what is read, scored and written; created once (job)
shards/         the scored streams, one Parquet object each (job)
outcome.json    what was committed; created once (job)
errors/         the last error of each task (job)
progress/       how far each task of an execution has come (job)

Beside the runs, under names that no run id can have: `_executions/{execution}.json` names the run
of an execution, `_deduplication/` holds what requests without a key share for a minute (gateway).
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from shared import google_exceptions
from shared.clients import Clients, google_errors

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

LAUNCH = "launch.json"
EXECUTION = "execution.json"
CANCEL = "cancel.json"
PLAN = "plan.json"
OUTCOME = "outcome.json"
ERRORS = "errors/"
PROGRESS = "progress/"
EXECUTIONS = "_executions"
DEDUPLICATION = "_deduplication"


def further_try(number: int) -> str:
    """Name of the claim on a further try to launch, from 1."""
    return f"launches/{number:04d}.json"


def error_name(task_index: int) -> str:
    """Name of the object that holds a task's last error."""
    return f"{ERRORS}{task_index:05d}.json"


def progress_prefix(execution: str) -> str:
    """What the names of an execution's progress notes begin with."""
    return f"{PROGRESS}{execution or 'local'}/"


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    bucket: "storage.Bucket"
    run_id: str

    @classmethod
    def of(cls, clients: Clients, run_id: str) -> Self:
        """The folder of a deployment's run."""
        return cls(clients.storage.bucket(clients.settings.runs_bucket), run_id)

    @property
    def uri(self) -> str:
        """The folder as `gs://…` without a slash at the end."""
        return f"gs://{self.bucket.name}/{self.run_id}"

    def read(self, name: str) -> dict[str, Any] | None:
        """A JSON object of the folder, None when there is none."""
        with google_errors(f"reading {self.uri}/{name}"):
            try:
                content: dict[str, Any] = json.loads(self.blob(name).download_as_bytes())
            except google_exceptions.NotFound:
                return None
        return content

    def create(self, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Write a JSON object unless it exists; what stands there afterwards is returned.

        Of any number of writers exactly one wins, and all return the winner's content. A write
        whose answer was lost is retried by the client and then finds itself: equal content.
        """
        text = json.dumps(content, indent=2, default=str)
        with (
            google_errors(f"creating {self.uri}/{name}"),
            suppress(google_exceptions.PreconditionFailed),
        ):
            self.blob(name).upload_from_string(
                text, content_type="application/json", if_generation_match=0
            )
        standing = self.read(name)
        return json.loads(text) if standing is None else standing

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON object, whatever stood there."""
        text = json.dumps(content, indent=2, default=str)
        with google_errors(f"writing {self.uri}/{name}"):
            self.blob(name).upload_from_string(text, content_type="application/json")

    def label(self, name: str, labels: Mapping[str, str]) -> None:
        """Write an empty object whose custom metadata says it all, so that a listing tells it."""
        blob = self.blob(name)
        blob.metadata = dict(labels)
        with google_errors(f"writing {self.uri}/{name}"):
            blob.upload_from_string(b"")

    def labels(self, prefix: str) -> list[Mapping[str, str]]:
        """The custom metadata of each object below a prefix."""
        return [blob.metadata or {} for blob in self.blobs(prefix).values()]

    def blobs(self, prefix: str) -> "dict[str, storage.Blob]":
        """The objects below a prefix, by their names within the folder, in order."""
        with google_errors(f"listing {self.uri}/{prefix}"):
            found = list(self.bucket.list_blobs(prefix=f"{self.run_id}/{prefix}"))
        return {blob.name.removeprefix(f"{self.run_id}/"): blob for blob in found}

    def blob(self, name: str) -> "storage.Blob":
        """An object of the folder."""
        return self.bucket.blob(f"{self.run_id}/{name}")
