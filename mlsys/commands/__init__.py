"""The commands of `mlsys` that no container runs; `jobs/commands` documents their interface."""
