"""DataFrames, Arrow tables and BigQuery types, converted without altering a value."""
