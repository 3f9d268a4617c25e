"""Whether a loaded object does only what its class is for, and stays inside its arrays.

A pickle goes around `fit`, and a file of allowed names only can hold any state. `objects.py` walks
through everything that an object holds (`graph.py`) and applies the checks of the other modules:

* What stands where: `places.py` for parts that other code trusts, `composition.py` for estimators
  in estimators, `functions.py` for functions and types.
* What is called, and with what: `dispatch.py` for names of methods, `parameters.py` for
  scikit-learn's own rules, `options.py` for arguments of distances and kernels.
* What ends: `iterations.py` for numbers, `patterns.py` for regular expressions.
* What compiled code indexes: `arrays.py`, `sparse.py`, `trees.py`, `histograms.py`,
  `neighbors.py`, `encoders.py`, `vectorizers.py` and `estimators.py`, by class.
* What predictions show: `outputs.py` for output that is wider than what is written to it.

scikit-learn's compiled code trusts a model's arrays: a tree whose child index points beyond its
nodes, or back to an ancestor, makes `predict` crash or never end.
"""
