"""Measures how fast, and in how much memory, tables are scored: this engine beside baselines."""
