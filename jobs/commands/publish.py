"""`publish FILE`: publish a model that was pickled elsewhere."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from jobs.clients import clients_of
from shared.request.argument_parser import ArgumentParser

_EXAMPLE = """\
example:
  %(prog)s model.pkl --env=dev --model_name=titanic-survival \\
      --training_table=titanic.passengers --target=Survived --metric=accuracy=0.81 --wait
"""


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Publish a file, and print what came of it.

    Raises:
        InvalidArgument: when the file, or what is said of it, cannot be used.
        FailedPrecondition: when the registry would quarantine the model, with its findings.
        Transient: when a service is away.
    """
    clients = clients_of(asked.env, environ)
    from jobs.publishing.publish_file import publish_file

    sys.stdout.write(f"{publish_file(asked, clients)}\n")


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Publish a model.pkl as the next version of a model. What the registry would "
        "quarantine is refused before anything is uploaded. A metadata.json beside the file is "
        "where what is said of the model begins.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("file", metavar="FILE", help="a model of joblib or pickle")
    parser.add_argument("--env", required=True, help="deployment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--model_version", metavar="VERSION", help="default: the next one that was never taken"
    )
    parser.add_argument(
        "--training_table",
        metavar="TABLE",
        help="the rows that it was fitted on; they tell the types of the features, an example and "
        "the baseline for drift",
    )
    parser.add_argument("--target", metavar="COLUMN", help="name of the prediction's column")
    parser.add_argument(
        "--key_columns",
        action="append",
        metavar="COLUMNS",
        help="columns that predictions carry over, repeated or comma-separated",
    )
    parser.add_argument("--metric", action="append", metavar="NAME=VALUE", help="may be repeated")
    parser.add_argument("--description", metavar="TEXT", help="a sentence for the registry")
    parser.add_argument("--wait", action="store_true", help="wait for the registry's word")
    return parser
