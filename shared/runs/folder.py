"""The folder of a run, `gs://{runs bucket}/{run_id}/`: the state that its processes share.

launch.json     LaunchDocument: the request that launches the run; created once (gateway)
launches/       LaunchDocument: further tries after a lost answer; each created once (gateway)
execution.json  ExecutionDocument: the execution that was launched; created once (gateway)
cancel.json     CancelDocument: the first request to cancel it; created once (gateway)
plan.json       Plan: what is read, scored and written; created once (job)
shards/         the scored streams, one Parquet object each (job)
outcome.json    RunRecord: what was committed; created once (job)
errors/         TaskErrorDocument: the last error of each task (job)
progress/       TaskProgress: the rows that each task of an execution has scored (job)

Two further folders have names that no run id can have: `_executions/{execution}.json`, an
ExecutionDocument, names the run of an execution; `_deduplication/{key}.json`, a
DeduplicationDocument, names the run of equal requests without a key (gateway).
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from shared import google_exceptions
from shared.clients import Clients, google_errors
from shared.runs.documents import (
    CancelDocument,
    DeduplicationDocument,
    ExecutionDocument,
    LaunchDocument,
    RunRecord,
    TaskErrorDocument,
    TaskProgress,
)
from shared.runs.json_document import Document

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

_ERRORS = "errors/"
_PROGRESS = "progress/"
EXECUTIONS = "_executions"
DEDUPLICATION = "_deduplication"


@dataclass(frozen=True, slots=True)
class DocumentName[D: Document]:
    """Name of a document within its folder, and the type of what it holds."""

    name: str
    type: type[D]

    def __str__(self) -> str:
        return self.name


LAUNCH = DocumentName("launch.json", LaunchDocument)
EXECUTION = DocumentName("execution.json", ExecutionDocument)
CANCEL = DocumentName("cancel.json", CancelDocument)
OUTCOME = DocumentName("outcome.json", RunRecord)


def further_try(number: int) -> DocumentName[LaunchDocument]:
    """Name of the claim on a further try to launch, from 1."""
    return DocumentName(f"launches/{number:04d}.json", LaunchDocument)


def execution_name(execution_id: str) -> DocumentName[ExecutionDocument]:
    """Name of the document in the folder `_executions` that names an execution's run."""
    return DocumentName(f"{execution_id}.json", ExecutionDocument)


def deduplication_name(key: str) -> DocumentName[DeduplicationDocument]:
    """Name of the document in the folder `_deduplication` that names the run of equal requests."""
    return DocumentName(f"{key}.json", DeduplicationDocument)


def error_name(task_index: int) -> DocumentName[TaskErrorDocument]:
    """Name of a task's last error."""
    return DocumentName(f"{_ERRORS}{task_index:05d}.json", TaskErrorDocument)


def progress_name(execution: str, task_index: int) -> str:
    """Name of the object that carries a task's progress."""
    return f"{_progress_prefix(execution)}{task_index:05d}"


def _progress_prefix(execution: str) -> str:
    return f"{_PROGRESS}{execution or 'local'}/"


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

    def read[D: Document](self, name: DocumentName[D]) -> D | None:
        """A document of the folder, None when it does not exist.

        Raises:
            DataLoss, FailedPrecondition: when it cannot be read, as `Document.from_json`.
            Transient: when Cloud Storage is away.
        """
        return self.read_with_generation(name)[1]

    def read_with_generation[D: Document](self, name: DocumentName[D]) -> tuple[int, D | None]:
        """A document and its object's generation, 0 and None when it does not exist.

        Raises:
            DataLoss, FailedPrecondition, Transient: as `read`.
        """
        blob, uri = self.blob(name.name), f"{self.uri}/{name}"
        with google_errors(f"reading {uri}"):
            try:
                text = blob.download_as_bytes()
            except google_exceptions.NotFound:
                return 0, None
        return int(blob.generation), name.type.from_text(text, uri=uri)

    def create[D: Document](self, name: DocumentName[D], document: D) -> D:
        """Write a document unless it exists; the document that is stored afterwards is returned.

        When several processes write, exactly one wins, and all return the winner's document. The
        client retries a write whose answer was lost; the retry then finds an equal document.

        Raises:
            DataLoss, FailedPrecondition, Transient: as `read`.
        """
        self.replace(name, document, generation=0)
        return self.read(name) or document

    def replace[D: Document](self, name: DocumentName[D], document: D, *, generation: int) -> bool:
        """Write a document if its object still has this generation; 0 means: if it does not exist.

        False when the object has another generation: another writer was faster, or the client
        has retried this very write after a lost answer.

        Raises:
            Transient: when Cloud Storage is away.
        """
        with (
            google_errors(f"writing {self.uri}/{name}"),
            suppress(google_exceptions.PreconditionFailed),
        ):
            self.blob(name.name).upload_from_string(
                document.to_text(), content_type="application/json", if_generation_match=generation
            )
            return True
        return False

    def write[D: Document](self, name: DocumentName[D], document: D) -> None:
        """Write a document, whether it exists or not."""
        with google_errors(f"writing {self.uri}/{name}"):
            self.blob(name.name).upload_from_string(
                document.to_text(), content_type="application/json"
            )

    def write_progress(self, name: str, progress: TaskProgress) -> None:
        """Write a task's progress: an empty object with custom metadata."""
        blob = self.blob(name)
        blob.metadata = progress.to_labels()
        with google_errors(f"writing {self.uri}/{name}"):
            blob.upload_from_string(b"")

    def progress(self, execution: str) -> list[TaskProgress]:
        """The progress of each task of an execution; one listing reads them all."""
        return [
            TaskProgress.from_labels(blob.metadata or {}, uri=f"{self.uri}/{name}")
            for name, blob in self.blobs(_progress_prefix(execution)).items()
        ]

    def task_errors(self) -> list[TaskErrorDocument]:
        """The last error of each task that has failed, in the order of the tasks."""
        names = [DocumentName(name, TaskErrorDocument) for name in self.blobs(_ERRORS)]
        return [error for name in names if (error := self.read(name))]

    def blobs(self, prefix: str) -> "dict[str, storage.Blob]":
        """The objects below a prefix, by their names within the folder, in order."""
        with google_errors(f"listing {self.uri}/{prefix}"):
            found = list(self.bucket.list_blobs(prefix=f"{self.run_id}/{prefix}"))
        return {blob.name.removeprefix(f"{self.run_id}/"): blob for blob in found}

    def blob(self, name: str) -> "storage.Blob":
        """An object of the folder."""
        return self.bucket.blob(f"{self.run_id}/{name}")
