"""metadata.json: what may stand in it (schema.json, the one place), and how it is read."""
