"""Example notebooks; its Python runs them: `make notebooks`."""
