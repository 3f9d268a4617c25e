"""What a file's content is, byte for byte, and where reading it stops."""

import bz2
import gzip
import lzma
import zlib

import pytest

from jobs.pickles.decompression import Source
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import Limits

CONTENT = b"first line\nsecond"
COMPRESSIONS = {
    "none": bytes,
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
}


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_compression_gives_the_same_lines_and_bytes(compression):
    source = Source(COMPRESSIONS[compression](CONTENT))
    assert source.readline() == b"first line\n"
    source.skip(2)
    assert source.read(4) == b"cond"
    assert source.position == len(CONTENT)
    source.require_end()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_content_beyond_its_limit_is_refused_before_it_is_read(compression):
    source = Source(COMPRESSIONS[compression](CONTENT), Limits(content_bytes=16))
    source.require_within_limit(16)
    for read in (source.require_within_limit, source.read, source.skip):
        with pytest.raises(UnsafePickleError, match="holds more than 16 bytes"):
            read(17)
    assert source.position == 0


def test_a_line_beyond_the_limit_is_refused():
    source = Source(b"a" * 100 + b"\n", Limits(content_bytes=10))
    with pytest.raises(UnsafePickleError, match="holds more than 10 bytes"):
        source.readline()


def test_a_negative_size_is_refused():
    with pytest.raises(UnsafePickleError, match="holds more than"):
        Source(CONTENT).read(-1)


def test_a_file_beyond_its_limit_is_refused():
    with pytest.raises(UnsafePickleError, match="has 17 bytes, more than 16"):
        Source(CONTENT, Limits(upload_bytes=16))


def test_content_that_ends_early_is_refused():
    with pytest.raises(UnsafePickleError, match="ends at byte 17, in the middle of something"):
        Source(CONTENT).read(18)
    source = Source(CONTENT)
    source.readline()
    with pytest.raises(UnsafePickleError, match="ends at byte 17, in the middle of a line"):
        source.readline()


def test_compressed_content_that_ends_early_or_is_broken_is_refused():
    with pytest.raises(UnsafePickleError, match="its end is missing"):
        Source(zlib.compress(CONTENT)[:-5]).read(18)
    with pytest.raises(UnsafePickleError, match="cannot be decompressed"):
        Source(b"x\x9c" + b"\xff" * 20).read(1)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_bytes_after_the_end_are_refused(compression):
    source = Source(COMPRESSIONS[compression](CONTENT) + b"!")
    source.skip(len(CONTENT))
    with pytest.raises(UnsafePickleError, match="goes on after its end at byte 17"):
        source.require_end()


def test_lz4_is_refused_with_what_to_do():
    with pytest.raises(UnsafePickleError, match="lz4, which is not installed here: use compress=3"):
        Source(b"\x04\x22\x4d\x18")
