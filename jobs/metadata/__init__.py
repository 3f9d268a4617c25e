"""metadata.json: its JSON Schema, and how it is read and validated against the schema."""
