"""A request's tables and model, checked against each other: one sequence of checks. Pure.

The gateway runs it before a launch and collects every refusal; the job runs it when it plans and
stops at the first.
"""

from collections.abc import Sequence

from shared.registry.model_version import RegisteredModel
from shared.registry.signature import ModelSignature
from shared.request.prediction_request import PredictionRequest
from shared.tables.compatibility import require_compatible, require_time_travel
from shared.tables.output_schema import Attempt, OutputSchema, OutputSpec, fail_fast
from shared.tables.table import CatalogEntry, Column, TableId


def resolve(
    request: PredictionRequest,
    *,
    source: tuple[TableId, CatalogEntry] | None,
    sink: tuple[TableId, Sequence[Column] | None] | None,
    model: tuple[RegisteredModel, ModelSignature] | None,
    attempt: Attempt = fail_fast,
) -> OutputSchema | None:
    """The output schema of a request, after every check that needs no further call.

    Args:
        request: what is to be predicted.
        source: the input table; None when it is missing, which its lookup has refused.
        sink: the output table and its columns, None for columns when it has yet to be created.
        model: the model and its signature; None when either is unknown.
        attempt: how to run each check.

    Returns:
        The schema; None when something it needs is missing, or a refusal was collected.

    Raises:
        InvalidArgument: when a key column has the name of an output column.
        FailedPrecondition: when the tables do not fit the model or the request.
    """
    if source is None:
        return None
    table, entry = source
    attempt("as_of", lambda: require_time_travel(request.as_of, entry, table))
    if model is None:
        return None
    registered, signature = model
    spec = OutputSpec.of(request.key_columns, registered.metadata)
    schema = spec.attempt_resolve(entry.columns, signature, attempt)
    if schema and sink:
        output_table, existing = sink
        attempt(
            "output_table",
            lambda: require_compatible(existing or (), schema.output, str(output_table)),
        )
    return schema
