"""Publishing: a model gets from a notebook or a file into the bucket, completely or not at all."""
