"""Writes the reference from the code and the schemas: `make reference`."""
