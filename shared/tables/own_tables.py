"""The deployment's own tables, which no prediction may write to. Pure."""

from shared.errors import InvalidArgument
from shared.tables.table import TableId

# As terraform/ makes them.
OWN_TABLES = frozenset({"model_registry", "model_registry_events", "prediction_runs"})


def require_other_than_own(sink: TableId, own_dataset: str) -> None:
    """Require that an output table is none of the deployment's own.

    Args:
        sink: the output table.
        own_dataset: the deployment's dataset as project.dataset.

    Raises:
        InvalidArgument: when it is.
    """
    # A dataset may have been made to ignore the case of its tables' names.
    is_own = f"{sink.project}.{sink.dataset}".casefold() == own_dataset.casefold()
    if is_own and sink.table.casefold() in OWN_TABLES:
        raise InvalidArgument(
            f"{sink} is a table of MLSys itself: name another output table",
            reason="OWN_TABLE",
            table=str(sink),
        )
