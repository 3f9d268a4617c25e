"""Builds, smoke-tests and publishes the two images that are deployed: `python -m deployment.images`."""
