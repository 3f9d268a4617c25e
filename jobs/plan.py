"""The plan of a run: everything that two attempts at it could disagree on, pinned once.

Whoever comes first writes it; everybody else, in whatever task, attempt or execution, reads it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jobs.layout import Layout, Wishes, lay_out, refuse_incompatible
from jobs.loading import LoadedModel
from jobs.source import open_session
from shared.catalog import holds_rows, output_columns, table_columns
from shared.clients import Clients
from shared.errors import Conflict, FailedPrecondition
from shared.models import ModelVersion, RegisteredModel, Status
from shared.prediction import Disposition, PredictionRequest
from shared.tables import Column, TableId


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run reads, scores and writes.

    Attributes:
        planned_at: the snapshot that is read, and the PredictionTimestamp of every row.
        streams: names of the read session's streams; the index of one is the index of its shard.
        expires_at: when BigQuery forgets the streams.
    """

    run_id: str
    request: dict[str, Any]
    planned_at: datetime
    source: TableId
    sink: TableId
    model: RegisteredModel
    layout: Layout
    streams: tuple[str, ...]
    expires_at: datetime

    def to_json(self) -> dict[str, Any]:
        """The plan as it stands in the run's folder."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Plan":
        """The plan that stands in a run's folder."""
        model = dict(content["model"])
        layout = dict(content["layout"])
        return cls(
            run_id=content["run_id"],
            request=content["request"],
            planned_at=_moment(content["planned_at"]),
            source=TableId(**content["source"]),
            sink=TableId(**content["sink"]),
            model=RegisteredModel(
                **model
                | {
                    "version": ModelVersion(**model["version"]),
                    "status": Status(model["status"]),
                    "findings": tuple(model["findings"]),
                }
            ),
            layout=Layout(
                features=tuple(layout["features"]),
                sources=tuple(layout["sources"]),
                keys=tuple(layout["keys"]),
                prediction=layout["prediction"],
                output=tuple(Column(**column) for column in layout["output"]),
            ),
            streams=tuple(content["streams"]),
            expires_at=_moment(content["expires_at"]),
        )

    def require_same_request(self, request: PredictionRequest) -> None:
        """Refuse to go on with this plan for another request.

        Raises:
            Conflict: naming the parameters that differ.
        """
        asked = request_of(request)
        if differing := [name for name in asked if asked[name] != self.request.get(name)]:
            raise Conflict(
                f"run {self.run_id} was planned with another {', '.join(differing)}: "
                "use another run_id",
                reason="RUN_ID_REUSED",
                run_id=self.run_id,
            )

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


def not_empty(sink: TableId) -> FailedPrecondition:
    """The refusal to write into a table that should have been empty."""
    return FailedPrecondition(
        f"the output table {sink} holds rows, and write_disposition=empty wants none: "
        "name another output_table, or append or truncate",
        reason="OUTPUT_TABLE_NOT_EMPTY",
        table=str(sink),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def request_of(request: PredictionRequest) -> dict[str, Any]:
    """A request as the plan keeps it: what is asked, without the identity of the run."""
    asked = asdict(request)
    del asked["run_id"]
    return asked | {"key_columns": list(request.key_columns)}


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
        FailedPrecondition: when input or output table do not fit the model.
    """
    source, sink = request.tables(clients.settings.project_id)
    wishes = Wishes.of(request.key_columns, model.registered.metadata)
    table = table_columns(clients.bigquery, source, "input")
    layout = lay_out(table, model.features, wishes, model.kind)
    if existing := output_columns(clients.bigquery, sink):
        refuse_incompatible(existing, layout.output, str(sink))
        if request.write_disposition is Disposition.EMPTY and holds_rows(clients.bigquery, sink):
            raise not_empty(sink)
    session = open_session(clients, source, layout.selected, snapshot=now)
    return Plan(
        run_id=run_id,
        request=request_of(request),
        planned_at=now,
        source=source,
        sink=sink,
        model=model.registered,
        layout=layout,
        streams=session.streams,
        expires_at=session.expires_at,
    )
