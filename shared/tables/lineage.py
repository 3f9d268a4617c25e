"""The columns that every output table has, whatever the model. Pure."""

from shared.tables.table import Column

PROBABILITY = "PredictionProbability"

# What ends every row, whatever the model: the column, and what it says.
LINEAGE = (
    (
        Column("PredictionTimestamp", "TIMESTAMP"),
        "When the run was planned: the same in all of its rows.",
    ),
    (Column("ModelName", "STRING"), "Name of the model."),
    (Column("ModelVersion", "STRING"), "Its version: v1, v2, …"),
    (
        Column("ModelGeneration", "INTEGER"),
        "Generation of model.pkl in Cloud Storage: tells which upload of that version it was.",
    ),
    (Column("RunId", "STRING"), "The run, as in `prediction_runs`."),
)
