"""Checks of a prediction before it is launched and billed.

Independent lookups run concurrently, and all problems are reported together.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from gateway.preflight import queries
from gateway.preflight.report import Report
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.registry.model_version import RegisteredModel
from shared.request.parameters import Disposition
from shared.request.prediction_request import PredictionRequest
from shared.request.resolution import Resolution, resolve
from shared.tables.catalog import output_columns, table_entry
from shared.tables.output_schema import LINEAGE, OutputSchema
from shared.tables.selection import Selection, reading_dollars
from shared.tables.table import CatalogEntry, Column, TableId


def run_preflight(
    request: PredictionRequest, clients: Clients, *, max_bytes: int | None, now: datetime
) -> Report:
    """Check everything that a request names; nothing is written or launched.

    Raises:
        PermissionDenied: when the request is meant for another deployment.
        Transient: when a service is away.
    """
    clients.settings.require_own_environment(request.env)
    _ = clients.bigquery, clients.storage  # created before threads use them
    preflight = _Preflight(request, clients, max_bytes or clients.settings.max_bytes, now)
    preflight.run()
    return preflight.report


@dataclass(frozen=True)
class _Preflight:
    request: PredictionRequest
    clients: Clients
    max_bytes: int
    now: datetime
    report: Report = field(default_factory=Report)

    def run(self) -> None:
        request, report = self.request, self.report
        report.attempt("as_of", lambda: request.require_time_travel(self.now))
        source = self._table("input_table", request.input_table)
        sink = self._table("output_table", request.output_table)
        if source and source == sink:
            report.attempt("output_table", lambda: request.tables(sink.project))
        with ThreadPoolExecutor(4) as threads:
            model = threads.submit(self._model)
            entry = threads.submit(self._entry, source)
            existing = threads.submit(self._existing, sink)
            quota = threads.submit(self._quota, sink)
        quota.result()
        self._check(source, entry.result(), sink, existing.result(), model.result())

    def _check(
        self,
        source: TableId | None,
        entry: CatalogEntry | None,
        sink: TableId | None,
        existing: tuple[Column, ...] | None,
        model: RegisteredModel | None,
    ) -> None:
        resolution = resolve(
            self.request,
            source=(source, entry) if source and entry else None,
            sink=(sink, existing) if sink else None,
            model=(model, model.signature) if model else None,
            own_dataset=self.clients.settings.own_dataset,
            attempt=self.report.attempt,
        )
        if source and entry:
            self._input(source, entry, resolution)
        if sink and model:
            self._output(sink, existing, resolution.schema)

    def _table(self, parameter: str, text: str) -> TableId | None:
        settings = self.clients.settings
        return self.report.attempt(
            parameter, lambda: queries.allowed_table(parameter, text, settings)
        )

    def _model(self) -> RegisteredModel | None:
        report, clients = self.report, self.clients
        found = report.attempt(
            "model_name", lambda: queries.registered_model(self.request.model, clients)
        )
        if found:
            report.sections["model"] = {
                "name": found.version.name,
                "version": found.version.version,
                "generation": found.generation,
                "status": found.status,
            }
            report.attempt("model_version", lambda: queries.require_usable(found, clients))
        return found

    def _entry(self, source: TableId | None) -> CatalogEntry | None:
        if source is None:
            return None
        client = self.clients.bigquery
        return self.report.attempt("input_table", lambda: table_entry(client, source, "input"))

    def _existing(self, sink: TableId | None) -> tuple[Column, ...] | None:
        if sink is None:
            return None
        client = self.clients.bigquery
        return self.report.attempt("output_table", lambda: output_columns(client, sink))

    def _quota(self, sink: TableId | None) -> None:
        if sink is None:
            return
        loads = self.report.attempt(
            "output_table", lambda: queries.loads_of_a_day(sink, self.clients, self.now)
        )
        if loads is not None:
            self.report.sections["quota"] = {"loads_of_a_day": loads, "limit": queries.LOADS_A_DAY}

    def _input(self, source: TableId, entry: CatalogEntry, resolution: Resolution) -> None:
        """Report what is read, and check what reading it costs."""
        report, request = self.report, self.request
        columns = list(resolution.selected or (each.name for each in entry.columns))
        report.sections["input"] = {
            "table": str(source),
            "kind": entry.kind,
            "rows": entry.rows,
            "columns": columns,
        }
        selection = Selection(source, tuple(columns), request.row_filter, request.as_of)
        read_bytes = report.attempt(
            "row_filter", lambda: queries.bytes_to_read(selection, entry.size_bytes, self.clients)
        )
        if read_bytes and not resolution.is_refused:  # else the columns may be others
            report.attempt("max_bytes", lambda: self._estimate(selection, entry, *read_bytes))

    def _estimate(
        self, selection: Selection, entry: CatalogEntry, size: int | None, method: str
    ) -> None:
        by_query = bool(selection.as_of) or not entry.is_stored
        self.report.sections["estimate"] = {
            "bytes": size,
            "method": method,
            "dollars": size and round(reading_dollars(size, by_query=by_query), 6),
            "max_bytes": self.max_bytes or None,
        }
        if self.max_bytes and (size is None or size > self.max_bytes):
            read = "an unknown number of bytes" if size is None else f"{size:,} bytes"
            raise FailedPrecondition(
                f"the prediction would read {read}, and max_bytes is {self.max_bytes:,}: raise "
                "it, or read less with row_filter on a partitioned or clustered table",
                reason="MAX_BYTES_EXCEEDED",
                table=str(selection.table),
            )

    def _output(
        self,
        sink: TableId,
        existing: tuple[Column, ...] | None,
        schema: OutputSchema | None,
    ) -> None:
        # Without a signature, only the job knows the other columns.
        columns = schema.output if schema else [column for column, _ in LINEAGE]
        self.report.sections["output"] = {
            "table": str(sink),
            "exists": existing is not None,
            "write_disposition": self.request.write_disposition,
            "columns": [{"name": each.name, "type": each.type} for each in columns],
        }
        if existing is not None and self.request.write_disposition is Disposition.EMPTY:
            self.report.attempt(
                "write_disposition", lambda: queries.require_empty_if_readable(sink, self.clients)
            )
