"""Processes of their own in which pickles from outside are inspected."""
