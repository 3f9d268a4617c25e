import pytest

from jobs.layout import OutputSpec, lay_out
from jobs.models.estimators import PredictionKind
from shared.errors import FailedPrecondition, InvalidArgument
from shared.tables.compatibility import require_compatible
from shared.tables.table import Column

CLASSIFIER = PredictionKind("INTEGER", with_probability=True)
TABLE = (
    Column("id", "INTEGER"),
    Column("AGE", "FLOAT"),
    Column("sex", "STRING"),
    Column("survived", "INTEGER"),
)
FEATURES = ("Sex", "Age")


def lay(table=TABLE, features=FEATURES, keys=(), target="survived", kind=CLASSIFIER):
    return lay_out(table, features, OutputSpec(keys, target), (kind,))


def test_columns_stand_in_the_promised_order():
    assert [column.name for column in lay().output] == [
        "id",
        "survived",
        "PredictionProbability",
        "PredictionTimestamp",
        "ModelName",
        "ModelVersion",
        "ModelGeneration",
        "RunId",
    ]


def test_features_are_read_by_the_table_s_names_and_given_by_the_model_s():
    layout = lay()
    assert layout.features == ("Sex", "Age")
    assert layout.sources == ("sex", "AGE")
    assert layout.selected == ["id", "sex", "AGE"]


def test_a_key_column_may_be_a_feature_too_and_is_read_once():
    layout = lay(keys=("sex", "id"))
    assert layout.keys == ("sex", "id")
    assert layout.selected == ["sex", "id", "AGE"]


def test_a_regression_has_no_probability():
    layout = lay(target="prediction", kind=PredictionKind("FLOAT", with_probability=False))
    assert "PredictionProbability" not in [column.name for column in layout.output]
    assert layout.keys == ("id", "survived")


def test_the_metadata_s_words_hold_unless_the_caller_says_otherwise():
    metadata = {"key_columns": ["id"], "target": "fate"}
    assert OutputSpec.of((), metadata) == OutputSpec(("id",), "fate")
    assert OutputSpec.of(("sex",), metadata).key_columns == ("sex",)
    assert OutputSpec.of((), {}) == OutputSpec((), "prediction")


def test_a_key_column_named_as_an_output_column_is_refused():
    with pytest.raises(InvalidArgument, match="key_columns survived"):
        lay(keys=("survived",))


def test_columns_that_cannot_travel_are_named():
    table = (*TABLE, Column("tags", "STRING", "REPEATED"), Column("place", "GEOGRAPHY"))
    with pytest.raises(FailedPrecondition, match=r"tags \(REPEATED STRING\), place \(NULLABLE GEO"):
        lay(table=table)


def test_an_output_table_of_another_type_is_refused():
    output = lay().output
    with pytest.raises(FailedPrecondition, match="Survived is NULLABLE STRING, not INTEGER"):
        require_compatible([Column("Survived", "STRING")], output, "p.d.t")
    with pytest.raises(FailedPrecondition, match="batch is REQUIRED STRING and would stay empty"):
        require_compatible([Column("batch", "STRING", "REQUIRED")], output, "p.d.t")


def test_an_older_output_table_without_our_lineage_is_welcome():
    require_compatible([Column("id", "INTEGER"), Column("note", "STRING")], lay().output, "p.d.t")
