"""Tables and pages in Markdown."""

from collections.abc import Iterable, Sequence

_NOTE = "<!-- Written by `make reference`: change the code or the schema instead. -->"

type Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page(title: str, *paragraphs: str) -> str:
    """A page, with the note that it is generated."""
    return "\n\n".join([f"# {title}", _NOTE, *paragraphs]) + "\n"
