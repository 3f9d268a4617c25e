"""`reconcile`: make the model registry equal to the models bucket."""

import logging
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime

from jobs.clients import clients_of
from shared.request.argument_parser import ArgumentParser

log = logging.getLogger(__name__)


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Reconcile the registry with the bucket, and log the number of objects in each state.

    Raises:
        Transient: when a service is unavailable; the next scan continues from here.
    """
    clients = clients_of(options.env, environ)
    from jobs.registration.reconcile import reconcile
    from shared.registry.registry import Registry

    registry = Registry(clients.bigquery, clients.settings.dataset)
    log.info("%s", reconcile(clients, registry, now=datetime.now(UTC), again=options.again))


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Make the model registry equal to the models bucket: register uploads that "
        "events missed, and mark deleted models. Safe to repeat, and to run during uploads.",
    )
    parser.add_argument("--env", required=True, help="environment: dev, staging or prod")
    parser.add_argument(
        "--again",
        action="store_true",
        help="inspect quarantined models again, e.g. after MLSYS_ALLOWED_PICKLE_NAMES was extended",
    )
    return parser
