"""The plan of a run: everything that two attempts could disagree on, decided once.

The first task, attempt or execution writes it; all others read it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from jobs.prediction.resolved_tables import resolve_tables
from jobs.prediction.source import Session, open_input
from jobs.sandbox.loading import LoadedModel
from shared.clients import Clients
from shared.errors import Conflict
from shared.registry.model_version import RegisteredModel
from shared.request.parameters import Disposition
from shared.request.prediction_request import PredictionRequest
from shared.runs.folder import DocumentName
from shared.runs.json_document import Document
from shared.tables.output_schema import OutputSchema
from shared.tables.table import TableId


@dataclass(frozen=True, slots=True)
class Plan(Document):
    """What a run reads, scores and writes.

    Attributes:
        planned_at: the PredictionTimestamp of every row.
        snapshot_time: the time at which the input is read.
    """

    # Release 0.1.0 writes and reads it under this key.
    keys: ClassVar[Mapping[str, str]] = {"schema": "layout"}

    run_id: str
    request: dict[str, Any]
    planned_at: datetime
    snapshot_time: datetime
    source: TableId
    sink: TableId
    model: RegisteredModel
    schema: OutputSchema
    session: Session

    def require_same_request(self, request: PredictionRequest) -> None:
        """Require that the plan was made for this request.

        Raises:
            Conflict: naming the parameters that differ.
        """
        own = request_of(request)
        if differing := [name for name in own if own[name] != self.request.get(name)]:
            raise Conflict(
                f"run {self.run_id} was planned with another {', '.join(differing)}: "
                "use another run_id",
                reason="RUN_ID_REUSED",
                run_id=self.run_id,
            )

    @property
    def disposition(self) -> Disposition:
        """What happens to rows that are already in the output table."""
        return Disposition(self.request["write_disposition"])

    @property
    def shards(self) -> int:
        """The number of shards of the run.

        An empty table has no stream. The load job still needs one object, to create, truncate or
        check the output table as for any other run.
        """
        return max(len(self.session.streams), 1)

    @property
    def constants(self) -> dict[str, Any]:
        """The values that are the same in every output row."""
        return {
            "PredictionTimestamp": self.planned_at,
            "ModelName": self.model.version.name,
            "ModelVersion": self.model.version.version,
            "ModelGeneration": self.model.generation,
            "RunId": self.run_id,
        }


PLAN = DocumentName("plan.json", Plan)


def request_of(request: PredictionRequest) -> dict[str, Any]:
    """A request as the plan stores it, without the run id."""
    stored = asdict(request)
    del stored["run_id"]
    as_of = request.as_of.isoformat() if request.as_of else None
    return stored | {"key_columns": list(request.key_columns), "as_of": as_of}


def make_plan(
    request: PredictionRequest,
    clients: Clients,
    *,
    run_id: str,
    now: datetime,
    model: LoadedModel,
) -> Plan:
    """A new plan; opens a read session over the input table.

    Raises:
        NotFound: when the input table or the output dataset does not exist.
        InvalidArgument: when BigQuery refuses the row filter, or cannot go back to that time.
        FailedPrecondition: when input or output table do not fit the model.
    """
    tables = resolve_tables(request, clients, model, now=now)
    return Plan(
        run_id=run_id,
        request=request_of(request),
        planned_at=now,
        snapshot_time=request.as_of or now,
        source=tables.selection.table,
        sink=tables.sink,
        model=model.registered,
        schema=tables.schema,
        session=open_input(clients, tables.selection, tables.source, run_id=run_id, now=now),
    )
