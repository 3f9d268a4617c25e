"""Registration: a change in the bucket, an inspection, and an event of the registry's log."""
