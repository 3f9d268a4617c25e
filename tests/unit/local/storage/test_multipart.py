from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.storage.errors import InvalidError
from local.storage.multipart import boundary, parts

SEPARATOR = b"=-frontier-="
NEWLINES = st.sampled_from([b"\r\n", b"\n"])
# Bytes that come close to a delimiter are likelier than chance would have it.
CONTENTS = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"--=-frontier-", b"\r\n--=-", SEPARATOR]),
    ),
    max_size=8,
).map(b"".join)
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "content-id", "x-other"]),
    st.text("abc/<>+;=1 ", max_size=10).map(str.strip),
    max_size=3,
)


def _body(written: list[tuple[dict[str, str], bytes]], newline: bytes) -> bytes:
    body = b""
    for headers, content in written:
        lines = [f"{name.title()}: {value}".encode() for name, value in headers.items()]
        head = b"".join(line + newline for line in lines)
        body += b"--" + SEPARATOR + newline + head + newline + content + newline
    return body + b"--" + SEPARATOR + b"--" + newline


def _chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@given(
    written=st.lists(st.tuples(HEADERS, CONTENTS), min_size=1, max_size=3),
    newline=NEWLINES,
    size=st.integers(1, 40),
)
def test_what_was_written_is_read_whatever_the_bytes_and_the_chunks(
    written: list[tuple[dict[str, str], bytes]], newline: bytes, size: int
) -> None:
    written = [
        (headers, content.replace(newline + b"--" + SEPARATOR, b"")) for headers, content in written
    ]
    if any(newline + b"--" + SEPARATOR in newline + content for _, content in written):
        return  # a writer chooses a boundary that its content does not have

    read = [
        (part.headers, b"".join(part.content))
        for part in parts(_chunks(_body(written, newline), size), SEPARATOR)
    ]

    assert read == written


@given(content=CONTENTS, cut=st.integers(1, 200), size=st.integers(1, 40))
def test_a_body_that_ends_early_is_refused(content: bytes, cut: int, size: int) -> None:
    if SEPARATOR in content:
        return
    body = _body([({}, content)], b"\r\n")
    ended = body[: max(0, len(body) - len(b"--\r\n") - cut)]

    with pytest.raises(InvalidError):
        list(parts(_chunks(ended, size), SEPARATOR))


def test_a_part_that_is_not_read_is_passed_over() -> None:
    body = _body([({"content-id": "1"}, b"one"), ({"content-id": "2"}, b"two")], b"\n")

    assert [part.headers["content-id"] for part in parts([body], SEPARATOR)] == ["1", "2"]


@pytest.mark.parametrize(
    "header",
    [
        "multipart/related; boundary=abc",
        'multipart/related; boundary="abc"',
        "multipart/related; boundary='abc'",
        "multipart/related; Boundary=abc; type=x",
    ],
)
def test_a_boundary_is_found_in_every_quoting(header: str) -> None:
    assert boundary(header) == b"abc"


def test_a_content_type_without_boundary_is_refused() -> None:
    with pytest.raises(InvalidError):
        boundary("application/json")
