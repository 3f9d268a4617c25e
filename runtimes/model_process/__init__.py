"""The process in which a model is unpickled and asked, behind a wall that the kernel holds.

It runs on the Python of the model's runtime, 3.9 or later, and imports nothing of the product's
other packages. `fork_server.py` imports what models need, once, and forks a process for each model;
`wall.py` shuts that process in; `session.py` then loads the model, describes it and asks it.
`frames.py` and `columns.py` are the messages, which the product's own process uses too.
"""
