"""`reconcile`: make the model registry equal to the models bucket."""

import logging
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime

from jobs.clients import clients_of
from shared.request.argument_parser import ArgumentParser

log = logging.getLogger(__name__)


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Reconcile the registry with the bucket, and log how many objects are in which state.

    Raises:
        Transient: when a service is away; what was appended stays, and the next scan goes on.
    """
    clients = clients_of(asked.env, environ)
    from jobs.registration.reconcile import reconcile
    from shared.registry.registry import Registry

    registry = Registry(clients.bigquery, clients.settings.dataset)
    log.info("%s", reconcile(clients, registry, now=datetime.now(UTC), again=asked.again))


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Make the model registry equal to the models bucket: append what events "
        "missed, mark what is gone. Harmless to run twice, or beside uploads.",
    )
    parser.add_argument("--env", required=True, help="deployment: dev, staging or prod")
    parser.add_argument(
        "--again",
        action="store_true",
        help="inspect quarantined models again, e.g. after MLSYS_ALLOWED_PICKLE_NAMES was extended",
    )
    return parser
