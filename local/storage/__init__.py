"""A stand-in for Cloud Storage: its JSON API over one SQLite file and a folder of object files."""
