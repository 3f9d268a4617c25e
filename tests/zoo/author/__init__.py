"""Fits and dumps a zoo of models. It runs in an author's environment, and imports nothing else.

`python -I tests/zoo/author FOLDER` writes a folder for each kind of model, on any Python from 3.9.
"""
