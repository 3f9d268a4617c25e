"""Whether an output table that exists can take a run's rows. Pure."""

from collections.abc import Sequence

from shared.errors import FailedPrecondition
from shared.tables import Column


def refuse_incompatible(existing: Sequence[Column], output: Sequence[Column], table: str) -> None:
    """Refuse an output table whose columns cannot take the predictions.

    Raises:
        FailedPrecondition: when a column has another type, or a required one would stay empty.
    """
    ours = {column.name.casefold(): column for column in output}
    problems = [
        f"{column.name} is {column.mode} {column.type}" + _wanted(ours.get(column.name.casefold()))
        for column in existing
        if _is_incompatible(column, ours.get(column.name.casefold()))
    ]
    if problems:
        raise FailedPrecondition(
            f"{table} cannot take the predictions: {'; '.join(problems)}; "
            "name another output_table",
            reason="INCOMPATIBLE_OUTPUT_TABLE",
            table=table,
        )


def _is_incompatible(existing: Column, ours: Column | None) -> bool:
    if ours is None:
        return existing.mode == "REQUIRED"
    return existing.type != ours.type or existing.mode == "REPEATED"


def _wanted(ours: Column | None) -> str:
    return f", not {ours.type}" if ours else " and would stay empty"
