"""Conversions between DataFrames, Arrow tables and BigQuery types that change no value."""
