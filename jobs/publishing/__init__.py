"""How a model gets from a notebook or a file into the bucket, whole or not at all."""
