"""A run: plan, read, write shards, commit with one load job, record."""
