"""Worker processes in which models from outside are inspected, and the client that starts them."""
