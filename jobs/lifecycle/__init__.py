"""The life of an approved version: its aliases, and its promotion to the next environment."""
