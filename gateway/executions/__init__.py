"""Executions of Cloud Run Jobs: list, status, cancel."""
