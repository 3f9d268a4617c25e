"""`alias`: set an alias such as champion to a version of a model, or remove it."""

import logging
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime

from jobs.clients import clients_of
from jobs.lifecycle.aliases import move_alias, remove_alias
from shared.registry.references import ModelAlias, parse_reference
from shared.registry.registry import Registry
from shared.request.argument_parser import ArgumentParser

log = logging.getLogger(__name__)

_EXAMPLES = """\
examples:
  %(prog)s --env=dev --model_name=titanic-survival --alias=champion --model_version=v3
  %(prog)s --env=dev --model_name=titanic-survival --alias=champion --remove

An alias is accepted wherever a model version is. A run resolves it once, when it is planned, so
moving the alias later does not affect that run. The registry's log keeps the history.
"""


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Set or remove an alias, and log the versions before and after.

    Raises:
        InvalidArgument: when the name, the alias or the version is malformed.
        NotFound: when the version is not registered.
        FailedPrecondition: when the version is not approved.
    """
    alias = ModelAlias.parse(options.model_name, options.alias)
    target = None if options.remove else parse_reference(options.model_name, options.model_version)
    clients = clients_of(options.env, environ)
    registry = Registry(clients.bigquery, clients.settings.dataset)
    now = datetime.now(UTC)
    if target is None:
        change = remove_alias(alias, registry, environment=options.env, now=now)
    else:
        change = move_alias(alias, target, registry, environment=options.env, now=now)
    log.info("%s", change)


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Set an alias to a registered and approved version of a model, or remove it.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("--env", required=True, help="environment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--alias",
        required=True,
        help="lower-case letters, digits, dashes and underscores; not latest, which is always "
        "the highest version that is not quarantined",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument(
        "--model_version",
        metavar="VERSION",
        help="v3, or another alias, for its current version",
    )
    target.add_argument("--remove", action="store_true", help="remove the alias")
    return parser
