"""Whether compiled code can walk through a loaded object."""
