"""Give a version of a model a name that others rely on, from a notebook.

    from mlsys import set_alias
    set_alias("titanic-survival", "champion", "v3")

The same line works on Google Cloud and on the local cloud; `mlsys/session.py` says which it is.
"""

from datetime import UTC, datetime

from jobs.lifecycle.aliases import AliasChange, move_alias
from mlsys.session import session
from shared.registry.references import ModelAlias, parse_reference
from shared.registry.registry import Registry


def set_alias(model_name: str, alias: str, model_version: str) -> AliasChange:
    """Let an alias stand for a registered and approved version of a model.

    Args:
        model_name: e.g. "titanic-survival".
        alias: e.g. "champion".
        model_version: v1, v2, …, or an alias, whose version it then is.

    Raises:
        InvalidArgument: when a word breaks its rule.
        NotFound: when the version is not registered.
        FailedPrecondition: when it is not approved.
        Transient: when BigQuery is away; asking again is safe.
    """
    clients = session()
    return move_alias(
        ModelAlias.parse(model_name, alias),
        parse_reference(model_name, model_version),
        Registry(clients.bigquery, clients.settings.dataset),
        environment=clients.settings.environment,
        now=datetime.now(UTC),
    )
