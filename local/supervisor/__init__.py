"""Starts, watches and stops the processes of the local cloud; knows nothing of what they are.

`lifecycle` decides and has no effects; `supervisor` carries out what it decides.
"""
