"""What the wall lets a model do, though it had better not. It runs in the model's process."""

import os


def size_and_content(path, world):
    size = os.stat(path).st_size
    try:
        with open(path) as file:
            return f"{size} bytes, {file.read()}"
    except OSError as error:
        return f"{size} bytes, {type(error).__name__}"
