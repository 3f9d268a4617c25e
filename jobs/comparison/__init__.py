"""Two versions of a model on the same snapshot of a table, in one pass: `mlsys compare`.

`compare` is the sentence: read as a prediction reads, score by a `pair` of scorers, load as a
prediction loads. `tally` counts what they agree on, `report` and `picture` tell it.
"""
