"""A request's tables and model, checked against each other: one sequence of checks. Pure.

The gateway runs it before a launch and collects every refusal; the job runs it when it plans and
stops at the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.registry.model_version import RegisteredModel
from shared.registry.signature import ModelSignature
from shared.request.prediction_request import PredictionRequest
from shared.tables.compatibility import require_compatible, require_time_travel
from shared.tables.output_schema import LINEAGE, Attempt, OutputSchema, OutputSpec, fail_fast
from shared.tables.own_tables import require_other_than_own
from shared.tables.table import CatalogEntry, Column, TableId


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a run after the checks.

    Attributes:
        schema: None when a check was refused, or something that it needs is unknown.
        selected: names of the input columns to read, as far as they are known.
        is_refused: whether the columns were refused.
    """

    schema: OutputSchema | None = None
    selected: tuple[str, ...] = ()
    is_refused: bool = False


def resolve(
    request: PredictionRequest,
    *,
    source: tuple[TableId, CatalogEntry] | None,
    sink: tuple[TableId, Sequence[Column] | None] | None,
    model: tuple[RegisteredModel, ModelSignature | None] | None,
    own_dataset: str,
    attempt: Attempt = fail_fast,
) -> Resolution:
    """Check a request against its tables and its model; no service is called.

    Args:
        request: what is to be predicted.
        source: the input table; None when it is missing, which its lookup has refused.
        sink: the output table and its columns, None for columns when it has yet to be created.
        model: the model and its signature, None for the signature when the registry has none.
        own_dataset: the deployment's, as project.dataset.
        attempt: how to run each check.

    Raises:
        InvalidArgument: when a key column has the name of an output column, or the output table is
            the deployment's own.
        FailedPrecondition: when the tables do not fit the model or the request.
    """
    if sink:
        output = sink[0]
        attempt("output_table", lambda: require_other_than_own(output, own_dataset))
    if source is None:
        return Resolution()
    table, entry = source
    attempt("as_of", lambda: require_time_travel(request.as_of, entry, table))
    if model is None:
        return Resolution()
    registered, signature = model
    spec = OutputSpec.of(request.key_columns, registered.metadata)
    if signature is None:
        features = [str(each) for each in registered.metadata.get("features") or ()]
        _require_lineage(sink, attempt)
        return Resolution(selected=spec.attempt_partly(entry.columns, features, attempt))
    schema = spec.attempt_resolve(entry.columns, signature, attempt)
    if schema is None:
        return Resolution(is_refused=True)
    _require_sink(sink, schema.output, attempt)
    return Resolution(schema, tuple(schema.selected))


def _require_sink(
    sink: tuple[TableId, Sequence[Column] | None] | None,
    output: Sequence[Column],
    attempt: Attempt,
) -> None:
    if sink and sink[1] is not None:
        name, existing = sink[0], sink[1]
        attempt("output_table", lambda: require_compatible(existing, output, str(name)))


def _require_lineage(
    sink: tuple[TableId, Sequence[Column] | None] | None, attempt: Attempt
) -> None:
    # Columns that are not known yet may fill whatever the table requires besides.
    lineage = [column for column, _ in LINEAGE]
    names = {column.name.casefold() for column in lineage}
    if sink and sink[1] is not None:
        existing = [column for column in sink[1] if column.name.casefold() in names]
        _require_sink((sink[0], existing), lineage, attempt)
