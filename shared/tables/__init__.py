"""BigQuery tables: ids, columns, types, selections, metadata."""
