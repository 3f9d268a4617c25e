"""Drift: the difference between the distribution of scored rows and of training rows.

`profile` counts the values of a column and holds the baseline, `input_profile` sums profiles over
the batches of a run, `psi` compares the sum with the baseline.
"""
