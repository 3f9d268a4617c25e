"""The state of a run that several processes share: its folder in Cloud Storage."""
