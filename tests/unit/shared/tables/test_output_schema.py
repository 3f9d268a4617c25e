import pytest

from shared.errors import FailedPrecondition, InvalidArgument
from shared.registry.signature import InputColumn, ModelSignature, OutputColumn
from shared.tables.compatibility import require_compatible
from shared.tables.output_schema import OutputSpec
from shared.tables.table import Column

CLASSIFIER = OutputColumn("survived", "INTEGER", classes=(0, 1))
REGRESSOR = OutputColumn("prediction", "FLOAT")
TABLE = (
    Column("id", "INTEGER"),
    Column("AGE", "FLOAT"),
    Column("sex", "STRING"),
    Column("survived", "INTEGER"),
)
FEATURES = ("Sex", "Age")


def resolve(table=TABLE, features=FEATURES, keys=(), target="survived", output=CLASSIFIER):
    signature = ModelSignature(tuple(map(InputColumn, features)), (output,))
    return OutputSpec(keys, target).resolve(table, signature)


def test_columns_stand_in_the_promised_order():
    assert [column.name for column in resolve().output] == [
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
    schema = resolve()
    assert schema.features == ("Sex", "Age")
    assert schema.sources == ("sex", "AGE")
    assert schema.selected == ["id", "sex", "AGE"]


def test_a_key_column_may_be_a_feature_too_and_is_read_once():
    schema = resolve(keys=("sex", "id"))
    assert schema.keys == ("sex", "id")
    assert schema.selected == ["sex", "id", "AGE"]


def test_a_regression_has_no_probability():
    schema = resolve(target="prediction", output=REGRESSOR)
    assert "PredictionProbability" not in [column.name for column in schema.output]
    assert schema.keys == ("id", "survived")


def test_the_metadata_holds_unless_the_caller_says_otherwise():
    metadata = {"key_columns": ["id"], "target": "fate"}
    assert OutputSpec.of((), metadata) == OutputSpec(("id",), "fate")
    assert OutputSpec.of(("sex",), metadata).key_columns == ("sex",)
    assert OutputSpec.of((), {}) == OutputSpec((), "prediction")


def test_a_key_column_named_as_an_output_column_is_refused():
    with pytest.raises(InvalidArgument, match="key_columns survived"):
        resolve(keys=("survived",))


def test_columns_that_cannot_be_carried_over_are_named():
    table = (*TABLE, Column("tags", "STRING", "REPEATED"), Column("place", "GEOGRAPHY"))
    with pytest.raises(FailedPrecondition, match=r"tags \(REPEATED STRING\), place \(NULLABLE GEO"):
        resolve(table=table)


def test_an_output_table_of_another_type_is_refused():
    output = resolve().output
    with pytest.raises(FailedPrecondition, match="Survived is NULLABLE STRING, not INTEGER"):
        require_compatible([Column("Survived", "STRING")], output, "p.d.t")
    with pytest.raises(FailedPrecondition, match="batch is REQUIRED STRING and would stay empty"):
        require_compatible([Column("batch", "STRING", "REQUIRED")], output, "p.d.t")


def test_an_older_output_table_without_our_lineage_is_welcome():
    require_compatible(
        [Column("id", "INTEGER"), Column("note", "STRING")], resolve().output, "p.d.t"
    )
