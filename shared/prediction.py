"""What a caller asks for: the one contract between gateway, command line and job. Pure.

The same names serve the query string, the JSON body and the arguments: `?key_columns=a,b`,
`{"key_columns": ["a", "b"]}` and `--key_columns=a --key_columns=b` are one request.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from typing import Any

from shared.arguments import ArgumentParser
from shared.errors import InvalidArgument
from shared.models import ModelVersion
from shared.tables import TableId

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

_EXAMPLES = """\
examples:
  python -m jobs predict --env=dev --input_table=titanic.passengers \\
      --output_table=titanic.predictions --model_name=titanic-survival --model_version=v1

  gcloud run jobs execute mlsys-predict-dev --wait \\
      --args=--env=dev,--input_table=titanic.passengers,--output_table=titanic.predictions,\\
--model_name=titanic-survival,--model_version=v1

exit codes:
  0  predictions are in the output table
  1  they are not, and trying again cannot help
  2  the arguments are wrong
  75 they are not yet, and trying again may help: what was scored is kept
"""


class Disposition(StrEnum):
    """What to do with rows that the output table holds already."""

    APPEND = "append"
    TRUNCATE = "truncate"
    EMPTY = "empty"

    @property
    def for_bigquery(self) -> str:
        """The load job's write disposition."""
        return f"WRITE_{self.name}"


def _parameter(description: str, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRequest:
    """One table to be scored by one model into another table."""

    env: str = _parameter("deployment that serves the model: dev, staging or prod")
    input_table: str = _parameter("table to score: dataset.table or project.dataset.table")
    output_table: str = _parameter("table for the predictions; created when it does not exist")
    model_name: str = _parameter("name of the model, e.g. titanic-survival")
    model_version: str = _parameter("version of the model, e.g. v1")
    key_columns: tuple[str, ...] = _parameter(
        "input columns to carry over, repeated or comma-separated; default: the metadata's "
        "key_columns, else every column that is not a feature",
        (),
    )
    write_disposition: Disposition = _parameter(
        "append to the output table, truncate it, or demand that it is empty", Disposition.APPEND
    )
    run_id: str = _parameter(
        "identity of the run: the same id again resumes or repeats its answer, "
        "and never writes twice; default: the execution's name",
        "",
    )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> "PredictionRequest":
        """The request that a query string or a JSON object spells.

        Raises:
            InvalidArgument: with every parameter that is missing, unknown or not a text.
        """
        names = {each.name for each in fields(cls)}
        given = {name: value for name, value in values.items() if value not in (None, "", [])}
        problems = [*_unknown(given, names), *_missing(given, cls), *_not_texts(given)]
        if problems:
            raise InvalidArgument("; ".join(problems), reason="INVALID_PARAMETERS")
        return cls(**(given | _typed(given)))._checked()

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> "PredictionRequest":
        """The request that a command line spells; `--help` prints and exits.

        Raises:
            InvalidArgument: as `from_mapping`.
        """
        namespace = argument_parser().parse_args(arguments)
        return cls.from_mapping(vars(namespace))

    def to_arguments(self) -> list[str]:
        """The arguments that spell this request, without those that have their default."""
        return [
            f"--{each.name}={value}"
            for each in fields(self)
            if (whole := getattr(self, each.name)) != each.default
            for value in (whole if isinstance(whole, tuple) else (whole,))
        ]

    def _checked(self) -> "PredictionRequest":
        _ = self.model
        if self.run_id and not _RUN_ID.fullmatch(self.run_id):
            raise InvalidArgument(
                f"run_id {self.run_id!r} is not usable: write 1 to 100 letters, digits, dashes "
                "and underscores, starting with a letter or digit",
                reason="INVALID_RUN_ID",
            )
        return self

    @property
    def model(self) -> ModelVersion:
        """The model version that is asked for."""
        return ModelVersion.parse(self.model_name, self.model_version)

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


def _unknown(given: Mapping[str, Any], names: set[str]) -> list[str]:
    unknown = sorted(set(given) - names)
    known = ", ".join(sorted(names))
    return [f"unknown parameter {', '.join(unknown)} (known: {known})"] if unknown else []


def _is_required(parameter: "Field[Any]") -> bool:
    return parameter.default is MISSING


def _missing(given: Mapping[str, Any], cls: type[PredictionRequest]) -> list[str]:
    missing = [each.name for each in fields(cls) if _is_required(each) and each.name not in given]
    return [f"missing parameter {', '.join(missing)}"] if missing else []


def _not_texts(given: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} must be a text"
        for name, value in given.items()
        if name != "key_columns" and not isinstance(value, str)
    ]


def _typed(given: Mapping[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    if "key_columns" in given:
        typed["key_columns"] = _columns(given["key_columns"])
    if "write_disposition" in given:
        typed["write_disposition"] = _disposition(given["write_disposition"])
    return typed


def _columns(value: Any) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, Iterable) or not all(isinstance(part, str) for part in parts):
        raise InvalidArgument("key_columns must be a list of column names")
    names = (name.strip() for part in parts for name in part.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _disposition(value: str) -> Disposition:
    try:
        return Disposition(value.lower().removeprefix("write_"))
    except ValueError:
        raise InvalidArgument(
            f"write_disposition is {value!r}: use one of {', '.join(Disposition)}"
        ) from None


def argument_parser() -> ArgumentParser:
    """The parser of `python -m jobs predict`, made from the request's own fields."""
    parser = ArgumentParser(
        prog="python -m jobs predict",
        description="Score a BigQuery table with a registered model into another table.",
        epilog=_EXAMPLES,
    )
    for each in fields(PredictionRequest):
        parser.add_argument(
            f"--{each.name}",
            help=each.metadata["description"] + (" (required)" if _is_required(each) else ""),
            action="append" if each.name == "key_columns" else "store",
            metavar=each.name.rsplit("_", 1)[-1].upper(),
        )
    return parser
