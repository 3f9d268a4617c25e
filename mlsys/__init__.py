"""What people import in a notebook or a script: publish, predict, query, compare."""
