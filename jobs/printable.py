"""Texts of strangers, as a log line, a terminal and a row of a table can show them."""


def without_controls(text: str) -> str:
    """A text in which spaces stand for what moves a cursor, forges a line, or shows nothing."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
