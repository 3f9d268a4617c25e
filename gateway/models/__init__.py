"""The registry, read only, over HTTP."""
