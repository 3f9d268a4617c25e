"""Drift: how far the rows that are scored are spread otherwise than those of the training.

`profile` describes a column by counts that add up, `baseline` does so for the training rows.
"""
