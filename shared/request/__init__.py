"""The prediction request: its parameters, their rules, and its forms."""
