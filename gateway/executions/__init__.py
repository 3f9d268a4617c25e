"""Executions of Cloud Run Jobs: launch, list, status, cancel."""
