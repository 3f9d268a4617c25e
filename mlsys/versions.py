"""Compares two versions of a model, and sets an alias to the better one, from a notebook.

    from mlsys import compare, set_alias
    print(compare("titanic-survival", "champion", "v3", "titanic.passengers"))
    set_alias("titanic-survival", "champion", "v3")

The same lines work on Google Cloud and on the local cloud; see `mlsys/session.py`.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jobs.commands.compare import comparison_request
from jobs.lifecycle.aliases import AliasChange, move_alias
from mlsys.session import session
from shared.registry.references import ModelAlias, parse_reference
from shared.registry.registry import Registry

if TYPE_CHECKING:
    from jobs.comparison.report import Comparison


def compare(
    model_name: str,
    a: str,
    b: str,
    input_table: str,
    output_table: str = "",
    **parameters: Any,
) -> "Comparison":
    """Score the same snapshot of a table with two versions of a model, on this machine.

    Args:
        model_name: e.g. "titanic-survival".
        a: the first version: v1, v2, …, an alias such as "champion", or "latest".
        b: the second version.
        input_table: `dataset.table` or `project.dataset.table`.
        output_table: table for every row with both predictions; default: the rows are not kept.
        parameters: other parameters of `mlsys compare`: key_columns, row_filter, as_of, …

    Returns:
        The comparison; `print` shows it as text, `to_json` returns it for programs.

    Raises:
        InvalidArgument: when a parameter is unknown or malformed, or a and b are the same version.
        NotFound: when a version or a table does not exist.
        FailedPrecondition: when one of the versions cannot score the table.
        Transient: when a service is unavailable.
    """
    # Setting an alias must not wait for scikit-learn.
    from jobs.comparison.compare import compare as compare_versions  # noqa: PLC0415
    from jobs.sandbox.model_processes import ModelProcesses  # noqa: PLC0415

    clients = session()
    given = {
        "env": clients.settings.environment,
        "model_name": model_name,
        "input_table": input_table,
        "output_table": output_table,
        **parameters,
    }
    request = comparison_request(given, a)
    with ModelProcesses.of(clients.settings) as processes:
        return compare_versions(request, (a, b), clients, processes, now=datetime.now(UTC))


def set_alias(model_name: str, alias: str, model_version: str) -> AliasChange:
    """Set an alias to a registered and approved version of a model.

    Args:
        model_name: e.g. "titanic-survival".
        alias: e.g. "champion".
        model_version: v1, v2, …, or another alias, for the version that it stands for now.

    Raises:
        InvalidArgument: when the name, the alias or the version is malformed.
        NotFound: when the version is not registered.
        FailedPrecondition: when the version is not approved.
        Transient: when BigQuery is unavailable; a retry is safe.
    """
    clients = session()
    return move_alias(
        ModelAlias.parse(model_name, alias),
        parse_reference(model_name, model_version),
        Registry(clients.bigquery, clients.settings.dataset),
        environment=clients.settings.environment,
        now=datetime.now(UTC),
    )
