"""A stand-in for Cloud Scheduler: HTTP targets, called when they are due, at least once."""
