"""Builds, smoke-tests and publishes the images that are deployed: `python -m deployment.images`."""
