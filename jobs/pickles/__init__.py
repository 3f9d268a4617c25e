"""Pickles from outside: an inert scan, a restricted loader, one table of exact names for both.

A pickle is a program. `scan` runs it on paper: nothing is imported, nothing is called. `loader`
runs it for real, under the same rules, in `machine`, which both share. `names` holds what a program
may name, `calls`, `keys` and `states` what it may do with it, `validation` what the loaded object
must be like before compiled code walks through it. `safe_load` does it all, within `bounds`.
"""
