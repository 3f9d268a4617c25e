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

_PREVIOUS_ENVIRONMENT = dict(zip(ENVIRONMENTS[1:], ENVIRONMENTS, strict=False))

_EXAMPLES = """\
example, with the settings of staging (MLSYS_ENV=staging):
  %(prog)s --env=staging --model_name=titanic-survival --model_version=champion

settings and credentials:
  The command runs with the settings of the environment that receives the model. The caller needs
  permission to read the registry and the models bucket of the other environment, and to write
  models to this one; so dev needs no permission in prod. The copy is registered like any upload.
  To move an alias to it, use the command alias.
"""


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Copy a model version into this environment, and log what was copied.

    Raises:
        InvalidArgument: when the environment to copy from is missing or invalid.
        NotFound: when the version is not registered in the other environment.
        FailedPrecondition: when it is not approved in the other environment.
        Conflict: when this environment has another model under that version.
    """
    reference = parse_reference(options.model_name, options.model_version)
    clients = clients_of(options.env, environ)
    from_env = _source(options.env, options.from_env)
    from jobs.lifecycle.promotion import promote

    registry = Registry(clients.bigquery, options.from_registry or f"mlsys_{from_env}")
    log.info("%s", promote(registry.find(reference), clients, from_env=from_env))


def _source(env: str, from_env: str | None) -> str:
    source = from_env or _PREVIOUS_ENVIRONMENT.get(env)
    if source not in ENVIRONMENTS or source == env:
        others = ", ".join(each for each in ENVIRONMENTS if each != env)
        raise InvalidArgument(
            f"{source or 'nothing'} cannot be promoted to {env}: name another environment with "
            f"--from_env ({others})",
            reason="INVALID_ENVIRONMENT",
        )
    return source


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Copy a model version that is approved in one environment into the next: dev, "
        "staging, prod. Nothing is overwritten, and repeating the command is harmless.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "--env", required=True, help="environment to copy to, and whose settings are used"
    )
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--model_version",
        required=True,
        metavar="VERSION",
        help="v1, an alias, or latest, in the registry of the other environment",
    )
    parser.add_argument(
        "--from_env",
        metavar="ENV",
        help="environment to copy from; default: the previous one, dev or staging",
    )
    parser.add_argument(
        "--from_registry",
        metavar="DATASET",
        help="dataset of the other registry, or project.dataset in another project; default: "
        "mlsys_{from_env} in this project",
    )
    return parser
