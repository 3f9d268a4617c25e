import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.storage.errors import InvalidError, RangeError
from local.storage.ranges import ByteRange, ContentRange

BOUNDS = st.integers(0, 30)


@given(size=BOUNDS, first=BOUNDS, last=BOUNDS)
def test_a_byte_range_is_a_slice_or_refused(size: int, first: int, last: int) -> None:
    whole = bytes(range(size))
    expected = {
        f"bytes={first}-": whole[first:],
        f"bytes={first}-{last}": whole[first : last + 1],
        f"bytes=-{last}": whole[max(0, size - last) :],
    }
    for header, content in expected.items():
        if content:
            found = ByteRange.parse(header, size)
            assert whole[found.start : found.stop] == content
            assert (found.partial, found.length) == (True, len(content))
        else:
            with pytest.raises(RangeError):
                ByteRange.parse(header, size)


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=0-1,4-5", "lines=0-1"])
def test_what_is_no_single_range_asks_for_everything(header: str | None) -> None:
    assert ByteRange.parse(header, 10) == ByteRange(0, 10, 10, partial=False)


def test_a_content_range_says_where_its_range_lies() -> None:
    assert ByteRange.parse("bytes=2-4", 10).content_range == "bytes 2-4/10"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ContentRange(0, None, whole=True)),
        ("bytes 0-99/*", ContentRange(0, None)),
        ("bytes 100-199/200", ContentRange(100, 200)),
        ("bytes */200", ContentRange(None, 200)),
        ("bytes */*", ContentRange(None, None)),
    ],
)
def test_a_content_range_is_read(header: str | None, expected: ContentRange) -> None:
    assert ContentRange.parse(header) == expected


def test_an_upload_is_complete_when_its_total_has_arrived() -> None:
    assert ContentRange.parse(None).completes(5)
    assert ContentRange.parse("bytes 0-4/5").completes(5)
    assert ContentRange.parse("bytes */0").completes(0)
    assert not ContentRange.parse("bytes 0-4/*").completes(5)
    assert not ContentRange.parse("bytes */9").completes(5)
    with pytest.raises(InvalidError):
        ContentRange.parse("bytes 0-4/3").completes(5)
    with pytest.raises(InvalidError):
        ContentRange.parse("bytes=0-4/5")
