"""BigQuery tables: ids, columns, types, and what BigQuery says of a table."""
