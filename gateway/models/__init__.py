"""The model registry over HTTP, read only."""
