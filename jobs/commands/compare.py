"""`compare`: two versions of a model on the same snapshot of a table."""

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
from shared.request.prediction import PredictionRequest

_EXAMPLE = """\
example:
  %(prog)s --env=dev --model_name=titanic-survival --a=champion --b=v7 \\
      --input_table=titanic.passengers --picture=champion-v7.png
"""


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Compare two versions, and print what came of it.

    Raises:
        Permanent: when either version cannot score the table.
        Transient: when a service is away.
    """
    own = {"a", "b", "picture", "json"}
    given = {name: value for name, value in vars(asked).items() if name not in own}
    request = request_of(given, asked.a)
    clients = clients_of(asked.env, environ)
    from jobs.comparison.compare import compare
    from jobs.comparison.report import draw

    found = compare(request, (asked.a, asked.b), clients, now=datetime.now(UTC))
    text = json.dumps(found.to_json(), indent=2, default=str) if asked.json else str(found)
    sys.stdout.write(f"{text}\n")
    if asked.picture:
        draw(found, Path(asked.picture))


def request_of(given: Mapping[str, Any], a: str) -> PredictionRequest:
    """What both versions are asked for: a prediction, whose output table may be left out.

    Raises:
        InvalidArgument: when a parameter is missing, unknown or cannot be read.
    """
    table = given.get("output_table") or ""
    needed = {"model_version": a, "output_table": table or "none"}
    request = PredictionRequest.from_mapping({**given, **needed})
    return replace(request, output_table=table)


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Let two versions of a model score the same snapshot of a table in one pass, "
        "and say where they agree, where not and, if the table holds the target's column, which "
        "is the better.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--env", required=True, help="deployment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument("--a", required=True, metavar="VERSION", help="v1, an alias, or latest")
    parser.add_argument("--b", required=True, metavar="VERSION", help="the other one")
    parser.add_argument("--input_table", required=True, metavar="TABLE", help="table to score")
    parser.add_argument(
        "--output_table",
        metavar="TABLE",
        help="table for every row with both predictions; default: rows are not kept",
    )
    parser.add_argument(
        "--write_disposition", metavar="WORD", help="append, truncate or empty; default: append"
    )
    parser.add_argument(
        "--key_columns",
        action="append",
        metavar="COLUMNS",
        help="input columns to carry over; default: the metadata's, else all that are no feature",
    )
    parser.add_argument("--row_filter", metavar="CONDITION", help="score only rows that meet it")
    parser.add_argument("--as_of", metavar="TIME", help="the input table as it was then")
    parser.add_argument("--picture", metavar="FILE", help="draw it, e.g. to a .png or .svg")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    return parser
