"""A registered model: its bytes, its estimator, its signature, and whether it may be used."""
