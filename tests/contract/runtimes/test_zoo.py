"""Each kind of model, fitted by an author with a runtime's packages, is proved in this runtime,
and scored with the author's own bits.
"""

import itertools

import pyarrow as pa
import pytest

from jobs.dataframes.arrow_types import type_name
from jobs.models.inspection_result import InspectionConditions
from jobs.models.signature import model_signature
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_session import SessionLimits
from jobs.scoring.pipelining import score_in_order
from jobs.scoring.scorer import Scorer
from shared.tables.output_schema import OutputSpec
from shared.tables.table import Column
from tests.zoo.fitted import differences, zoo

# Whole blocks of BLAS's, as the batches of a table.
BATCH_ROWS = 1024
CHANNELS = 2
LIMITS = SessionLimits(
    memory_bytes=4 << 30, cpu_seconds=300, load_seconds=120.0, batch_seconds=120.0
)


@pytest.fixture(scope="session")
def inspector(processes):
    with Inspector(processes) as inspector:
        yield inspector


def inspected(inspector, model):
    """The status, the runtime and the findings of a model."""
    conditions = InspectionConditions(metadata=model.metadata)
    result = inspector.inspect(model.content, conditions)
    return str(result.status), result.runtime, result.findings


def scored(processes, runtime, model):
    """A model's predictions and probabilities for the author's rows, as a run scores them."""
    with processes.open(runtime, LIMITS, channels=CHANNELS) as session:
        description = session.load(model.content)
        signature = model_signature(description, model.metadata)
        session.prepare(description.takes)
        columns = [Column(each.name, type_name(each.type)) for each in model.rows.schema]
        schema = OutputSpec.of((), model.metadata).resolve(columns, signature)
        lineage = {column.name: None for column in schema.output}
        scorer = Scorer(session, schema, lineage)
        batches = iter(pa.Table.from_batches([model.rows]).to_batches(max_chunksize=BATCH_ROWS))
        table = pa.Table.from_batches(list(score_in_order(batches, scorer, workers=CHANNELS)))
    return (
        [table[name].to_pylist() for name in schema.predictions],
        [table[name].to_pylist() for name in schema.probabilities],
    )


def test_every_kind_is_proved_in_the_runtime_of_its_versions(inspector, runtime):
    found = {model.kind: inspected(inspector, model) for model in zoo(runtime)}
    assert found == dict.fromkeys(found, ("proved", runtime, ()))


def test_every_kind_is_scored_with_the_author_s_bits(unasked, runtime):
    differing = {}
    for model in zoo(runtime):
        predictions, probabilities = scored(unasked, runtime, model)
        # A classifier without probabilities has a column of none.
        said = model.probabilities or [[None] * len(each) for each in probabilities]
        pairs = zip([*model.predictions, *said], [*predictions, *probabilities], strict=True)
        if found := [each for each in itertools.starmap(differences, pairs) if each]:
            differing[model.kind] = found
    assert not differing
