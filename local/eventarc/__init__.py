"""A stand-in for Eventarc: delivers Cloud Storage's events to services, at least once."""
