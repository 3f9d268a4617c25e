"""The prediction request that gateway, command line and job share. Pure.

Query string, JSON body and arguments use the same names: `?key_columns=a,b`,
`{"key_columns": ["a", "b"]}` and `--key_columns=a --key_columns=b` are the same request.
"""

import re
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from shared.errors import InvalidArgument
from shared.registry.references import ModelReference, parse_reference
from shared.request.argument_parser import ArgumentParser
from shared.request.parameters import (
    Disposition,
    column_names,
    disposition,
    is_list,
    is_required,
    parameter,
    problems_of,
    raw_values,
    timestamp,
    value_of,
)
from shared.request.row_filter import require_row_filter
from shared.tables.table import TableId

# The most that a dataset can keep: https://cloud.google.com/bigquery/docs/time-travel
_TIME_TRAVEL = timedelta(days=7)

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRequest:
    """A request to score one table with one model into another table."""

    env: str = parameter("deployment that serves the model: dev, staging or prod")
    input_table: str = parameter("table to score: dataset.table or project.dataset.table")
    output_table: str = parameter("table for the predictions; created when it does not exist")
    model_name: str = parameter("name of the model, e.g. titanic-survival")
    model_version: str = parameter("version of the model: v1, an alias, or latest")
    key_columns: tuple[str, ...] = parameter(
        "input columns to carry over, repeated or comma-separated; default: the metadata's "
        "key_columns, else every column that is not a feature",
        (),
        column_names,
    )
    row_filter: str = parameter(
        "score only the rows that meet this condition, e.g. \"Age >= 18 AND Sex = 'male'\"",
        "",
        require_row_filter,
    )
    as_of: datetime | None = parameter(
        "read the input table as it was at this time (RFC 3339), at most seven days ago",
        None,
        timestamp,
    )
    write_disposition: Disposition = parameter(
        "append to the output table, truncate it, or require that it is empty",
        Disposition.APPEND,
        disposition,
    )
    run_id: str = parameter(
        "id of the run: repeating a run with its id resumes it or returns its result, and never "
        "writes rows twice; default: the execution's id",
        "",
    )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> "PredictionRequest":
        """The request in the parameters of a query string or a JSON object.

        Raises:
            InvalidArgument: naming every parameter that is missing, unknown or not a text; or the
                first one that is malformed.
        """
        parameters = {each.name: each for each in fields(cls)}
        given = {name: value for name, value in values.items() if value not in (None, "", [])}
        if problems := problems_of(given, parameters):
            raise InvalidArgument("; ".join(problems), reason="INVALID_PARAMETERS")
        parsed = {name: value_of(parameters[name], raw) for name, raw in given.items()}
        return cls(**parsed)._validated()

    @classmethod
    def from_namespace(cls, parsed: Namespace) -> "PredictionRequest":
        """The request among the arguments of a command line that `add_parameters` reads.

        Raises:
            InvalidArgument: as `from_mapping`.
        """
        return cls.from_mapping({each.name: getattr(parsed, each.name) for each in fields(cls)})

    def to_arguments(self) -> list[str]:
        """The arguments of this request, without those that have their default."""
        return [
            f"--{each.name}={raw}"
            for each in fields(self)
            if (value := getattr(self, each.name)) != each.default
            for raw in raw_values(value)
        ]

    def _validated(self) -> "PredictionRequest":
        _ = self.model
        if self.run_id and not RUN_ID.fullmatch(self.run_id):
            raise InvalidArgument(
                f"run_id {self.run_id!r} is not usable: write 1 to 100 letters, digits, dashes "
                "and underscores, starting with a letter or digit",
                reason="INVALID_RUN_ID",
            )
        return self

    @property
    def model(self) -> ModelReference:
        """The model version to predict with, by its number or by an alias."""
        return parse_reference(self.model_name, self.model_version)

    def require_time_travel(self, now: datetime) -> None:
        """Require that `as_of` is within BigQuery's time travel.

        Raises:
            InvalidArgument: when it is in the future, or more than seven days ago.
        """
        if self.as_of and not now - _TIME_TRAVEL <= self.as_of <= now:
            raise InvalidArgument(
                f"as_of is {self.as_of.isoformat()}: BigQuery remembers the last "
                f"{_TIME_TRAVEL.days} days, from {(now - _TIME_TRAVEL).isoformat()} to now",
                reason="OUTSIDE_TIME_TRAVEL",
            )

    def tables(self, default_project: str) -> tuple[TableId, TableId]:
        """The input and the output table.

        Raises:
            InvalidArgument: when either is no table id, or both are the same table.
        """
        source = TableId.parse(self.input_table, default_project)
        sink = TableId.parse(self.output_table, default_project)
        if source == sink:
            raise InvalidArgument(
                f"input_table and output_table are both {source}: name another output table",
                reason="SAME_TABLE",
                table=str(source),
            )
        return source, sink


def add_parameters(parser: ArgumentParser) -> None:
    """The arguments of a prediction, made from the request's own fields, and --dry_run."""
    for each in fields(PredictionRequest):
        parser.add_argument(
            f"--{each.name}",
            help=each.metadata["description"] + (" (required)" if is_required(each) else ""),
            action="append" if is_list(each) else "store",
            metavar=each.name.rsplit("_", 1)[-1].upper(),
        )
    parser.add_argument(
        "--dry_run",
        help="print what would be read, scored and written, and do none of it",
        action="store_true",
    )
