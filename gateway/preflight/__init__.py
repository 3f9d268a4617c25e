"""Checks of a prediction before it is launched."""
