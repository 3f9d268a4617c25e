"""The commands that `mlsys` has besides those of `jobs/commands`, which says what a command is."""
