"""Models, their versions and aliases, and the log of events that the registry is a view of."""
