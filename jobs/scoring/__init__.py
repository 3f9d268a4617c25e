"""Scoring: from input rows to predictions, faster than the estimator's methods, with equal bits."""
