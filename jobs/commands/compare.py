"""`compare`: score the same snapshot of a table with two versions of a model."""

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.clients import clients_of
from shared.request.argument_parser import ArgumentParser
from shared.request.prediction_request import PredictionRequest

_EXAMPLE = """\
example:
  %(prog)s --env=dev --model_name=titanic-survival --a=champion --b=v7 \\
      --input_table=titanic.passengers --picture=champion-v7.png
"""


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Compare two versions, and print the comparison.

    Raises:
        Permanent: when one of the versions cannot score the table.
        Transient: when a service is unavailable.
    """
    others = {"a", "b", "picture", "json"}
    given = {name: value for name, value in vars(options).items() if name not in others}
    request = comparison_request(given, options.a)
    clients = clients_of(options.env, environ)
    from jobs.comparison.compare import compare
    from jobs.comparison.report import draw
    from jobs.sandbox.model_processes import ModelProcesses

    versions = (options.a, options.b)
    with ModelProcesses.of(clients.settings) as processes:
        comparison = compare(request, versions, clients, processes, now=datetime.now(UTC))
    text = (
        json.dumps(comparison.to_json(), indent=2, default=str) if options.json else str(comparison)
    )
    sys.stdout.write(f"{text}\n")
    if options.picture:
        draw(comparison, Path(options.picture))


def comparison_request(given: Mapping[str, Any], a: str) -> PredictionRequest:
    """The prediction request of a comparison, with version `a`; the output table is optional.

    Raises:
        InvalidArgument: when a parameter is missing, unknown or malformed.
    """
    table = given.get("output_table") or ""
    required = {"model_version": a, "output_table": table or "none"}
    request = PredictionRequest.from_mapping({**given, **required})
    return replace(request, output_table=table)


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Score the same snapshot of a table with two versions of a model in one pass, "
        "and report where they agree and differ. If the table has the target column, the report "
        "says which version is better.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--env", required=True, help="environment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument("--a", required=True, metavar="VERSION", help="v1, an alias, or latest")
    parser.add_argument(
        "--b", required=True, metavar="VERSION", help="the version to compare it with"
    )
    parser.add_argument("--input_table", required=True, metavar="TABLE", help="table to score")
    parser.add_argument(
        "--output_table",
        metavar="TABLE",
        help="table for every row with both predictions; default: the rows are not kept",
    )
    parser.add_argument(
        "--write_disposition",
        metavar="DISPOSITION",
        help="append, truncate or empty; default: append",
    )
    parser.add_argument(
        "--key_columns",
        action="append",
        metavar="COLUMNS",
        help="input columns to copy to the output; default: as for the command predict",
    )
    parser.add_argument("--row_filter", metavar="CONDITION", help="score only rows that meet it")
    parser.add_argument(
        "--as_of", metavar="TIME", help="read the input table as of this time (RFC 3339)"
    )
    parser.add_argument(
        "--picture", metavar="FILE", help="write a chart of the comparison, e.g. to a .png or .svg"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    return parser
