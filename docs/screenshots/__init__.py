"""Takes the pictures of the console: `make screenshots`."""
