"""Two versions of a model on the same snapshot of a table, in one pass: `mlsys compare`.

`compare` reads the input as a prediction does, scores each batch by a `ModelPair`, and loads the
rows as a prediction does. `tally` counts agreement and metrics, `segments` finds the feature values
with most disagreement, `report` writes the result as JSON, text and a plot.
"""
