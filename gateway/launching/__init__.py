"""A request becomes one execution, however often it is sent."""
