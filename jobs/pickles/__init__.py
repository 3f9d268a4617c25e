"""The examination of uploaded pickles: from bytes to a verdict, in processes of their own.

The scan, the loader and their rules are in shared/pickles. `examination` asks them, and the model
that they let pass; `inspector` has that done in a `room`, a process with little of everything.
"""
