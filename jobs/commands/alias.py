"""`alias`: let a word such as champion stand for a version of a model."""

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

The alias is accepted wherever a model version is. A run resolves it once, when it is planned: to
move it afterwards changes nothing for that run. Its history stays in the registry's log.
"""


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Move an alias, or remove it, and log what it stood for before.

    Raises:
        InvalidArgument: when a word breaks its rule.
        NotFound: when the version is not registered.
        FailedPrecondition: when it is not approved.
    """
    alias = ModelAlias.parse(asked.model_name, asked.alias)
    target = None if asked.remove else parse_reference(asked.model_name, asked.model_version)
    clients = clients_of(asked.env, environ)
    registry = Registry(clients.bigquery, clients.settings.dataset)
    now = datetime.now(UTC)
    if target is None:
        moved = remove_alias(alias, registry, environment=asked.env, now=now)
    else:
        moved = move_alias(alias, target, registry, environment=asked.env, now=now)
    log.info("%s", moved)


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Let an alias stand for a registered and approved version of a model.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("--env", required=True, help="deployment: dev, staging or prod")
    parser.add_argument("--model_name", required=True, metavar="NAME", help="name of the model")
    parser.add_argument(
        "--alias",
        required=True,
        help="the word: lower-case letters, digits, dashes, underscores; not latest, which is "
        "always the highest version that is not quarantined",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--model_version",
        metavar="VERSION",
        help="v3, or another alias for the version that it stands for now",
    )
    what.add_argument("--remove", action="store_true", help="let the alias stand for nothing")
    return parser
