"""`promote`: copy an approved model version into the next environment."""

import logging
from argparse import Namespace
from collections.abc import Mapping

from jobs.clients import clients_of
from shared.errors import InvalidArgument
from shared.registry.references import parse_reference
from shared.registry.registry import Registry
from shared.request.argument_parser import ArgumentParser
from shared.settings.settings import ENVIRONMENTS

log = logging.getLogger(__name__)

_BEFORE = dict(zip(ENVIRONMENTS[1:], ENVIRONMENTS, strict=False))

_NOTES = """\
example, with the settings of staging (MLSYS_ENV=staging):
  %(prog)s --env=staging --model_name=titanic-survival --model_version=champion

whose settings and credentials:
  The environment that is promoted to pulls: it runs with the settings of that one, and whoever
  runs it may read the registry and the models bucket of the one before, and write models here. So
  dev never needs a right in prod. The copy is then registered here as any upload is; an alias is
  moved by the command alias, when it is time.
"""


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Promote a model version into this environment, and log what was copied.

    Raises:
        InvalidArgument: when there is no environment to promote from.
        NotFound: when the version is not registered there.
        FailedPrecondition: when it is not approved there.
        Conflict: when another model stands under that version here.
    """
    reference = parse_reference(asked.model_name, asked.model_version)
    clients = clients_of(asked.env, environ)
    from_env = _origin(asked.env, asked.from_env)
    from jobs.lifecycle.promotion import promote

    registry = Registry(clients.bigquery, asked.from_registry or f"mlsys_{from_env}")
    log.info("%s", promote(registry.find(reference), clients, from_env=from_env))


def _origin(env: str, asked: str | None) -> str:
    origin = asked or _BEFORE.get(env)
    if origin not in ENVIRONMENTS or origin == env:
        others = ", ".join(each for each in ENVIRONMENTS if each != env)
        raise InvalidArgument(
            f"{origin or 'nothing'} cannot be promoted to {env}: name another environment by "
            f"--from_env ({others})",
            reason="INVALID_ENVIRONMENT",
        )
    return origin


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Copy a model version that is approved in one environment into the next: dev, "
        "staging, prod. Nothing is written over; to repeat it is harmless.",
        epilog=_NOTES,
    )
    parser.add_argument(
        "--env", required=True, help="environment to promote to, whose settings these are"
    )
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--model_version",
        required=True,
        metavar="VERSION",
        help="v1, an alias, or latest, as the registry that it is promoted from knows it",
    )
    parser.add_argument("--from_env", metavar="ENV", help="default: the one before, dev or staging")
    parser.add_argument(
        "--from_registry",
        metavar="DATASET",
        help="dataset of the other registry, project.dataset if that is another project; default: "
        "mlsys_{from_env} in this project",
    )
    return parser
