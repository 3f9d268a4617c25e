"""`publish FILE`: upload a model file as the next version of a model."""

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


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Publish a file, and print the version.

    Raises:
        InvalidArgument: when the file or an option is invalid.
        FailedPrecondition: when the registry would quarantine the model, with its findings.
        Transient: when a service is unavailable.
    """
    clients = clients_of(options.env, environ)
    from jobs.publishing.publish_file import publish_file

    sys.stdout.write(f"{publish_file(options, clients)}\n")


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Publish a model.pkl as the next version of a model. A model that the registry "
        "would quarantine is refused before anything is uploaded. Keys of a metadata.json in the "
        "file's folder are kept unless an option replaces them.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("file", metavar="FILE", help="a model file of joblib or pickle")
    parser.add_argument("--env", required=True, help="environment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--model_version", metavar="VERSION", help="default: the next version that was never used"
    )
    parser.add_argument(
        "--training_table",
        metavar="TABLE",
        help="table of the rows that the model was fitted on; it gives the types of the "
        "features, an example and the baseline for drift",
    )
    parser.add_argument("--target", metavar="COLUMN", help="name of the prediction's column")
    parser.add_argument(
        "--key_columns",
        action="append",
        metavar="COLUMNS",
        help="input columns to copy to the predictions, repeated or comma-separated",
    )
    parser.add_argument(
        "--metric",
        action="append",
        metavar="NAME=VALUE",
        help="a result of the evaluation; may be repeated",
    )
    parser.add_argument("--description", metavar="TEXT", help="a sentence for the registry")
    parser.add_argument("--wait", action="store_true", help="wait until the model is registered")
    return parser
