"""Whether compiled code can use a loaded object without reading or writing outside its arrays.

scikit-learn's compiled code trusts a model's arrays: a tree whose child index points beyond its
nodes, or back to an ancestor, makes `predict` crash or never end. A pickle can hold such a tree
without any forbidden name. `objects.py` walks through everything that the object holds and applies
the checks of the other modules: of each class of scikit-learn, what its compiled code indexes.
"""
