"""The demo: the whole product once, on the list of the Titanic's passengers."""
