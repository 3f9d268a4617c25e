"""Compare two versions of a model from a notebook.

The same line works on Google Cloud and on the local cloud; `mlsys/session.py` says which it is.
"""

from datetime import UTC, datetime
from typing import Any

from jobs.commands.compare import request_of
from jobs.comparison.compare import compare as compare_versions
from jobs.comparison.report import Comparison
from mlsys.session import session


def compare(
    model_name: str,
    a: str,
    b: str,
    input_table: str,
    output_table: str = "",
    **parameters: Any,
) -> Comparison:
    """Let two versions of a model score the same snapshot of a table, here and in one pass.

    Args:
        model_name: e.g. "titanic-survival".
        a: v1, v2, …, an alias such as "champion", or "latest".
        b: the other one, likewise.
        input_table: `dataset.table` or `project.dataset.table`.
        output_table: for every row with both predictions; default: the rows are not kept.
        parameters: further ones of `mlsys compare`: key_columns, row_filter, as_of, …

    Returns:
        What was found: for a person by `print`, for a program by `to_json`.

    Raises:
        InvalidArgument: when a parameter is unknown or cannot be read, or a and b are one version.
        NotFound: when a version or a table does not exist.
        FailedPrecondition: when either version cannot score the table.
        Transient: when a service is away.
    """
    clients = session()
    given = {
        "env": clients.settings.environment,
        "model_name": model_name,
        "input_table": input_table,
        "output_table": output_table,
        **parameters,
    }
    return compare_versions(request_of(given, a), (a, b), clients, now=datetime.now(UTC))
