"""The version in a booster's bytes; the examples are what releases of XGBoost have written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.pickles.booster_versions import xgboost_version

LENGTH = b"L\x00\x00\x00\x00\x00\x00\x00\x03"
WRITTEN = {
    "3.4.1": b"\x00\x00\x07version[#" + LENGTH + b"i\x03i\x04i\x01}L\x00\x00\x00\x00\x00\x00",
    "1.6.1": b"\x00\x00\x07version[#" + LENGTH + b"i\x01i\x06i\x01}L\x00\x00\x00\x00\x00\x00",
    "2.0.3": b'},"version":[2,0,3]}',
    "1.0.200": b"version[#U\x03i\x01i\x00U\xc8]",
    "2.1.4": b"version[$i#" + LENGTH + b"\x02\x01\x04}",
    "3.0.300": b"version[i\x03i\x00I\x01\x2c]}",
}


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("around", [(b"", b""), (b"{L\x00binf" * 100, b"more" * 100)])
def test_the_version_is_found_in_either_format(version, around):
    assert xgboost_version(around[0] + WRITTEN[version] + around[1]) == version


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"binf\x00\x00\x00?\x02",
        b"version",
        b"version[",
        b"version[#",
        b"version[#L\x00\x00",
        b"version[#" + LENGTH + b"i\x03i\x04",
        b"version[S\x03i\x04i\x01}",
        b"version[$S#" + LENGTH + b"\x02\x01\x04",
        b'"version":[1,2]',
        b'"version":[12345,2,3]',
    ],
)
def test_bytes_that_do_not_say_it_have_none(content):
    assert xgboost_version(content) is None


@given(st.binary(max_size=60), st.sampled_from([b"version[", b"version[$", b"version[#", b""]))
def test_any_bytes_give_a_version_or_none(content, prefix):
    version = xgboost_version(prefix + content)
    assert version is None or len(version.split(".")) == 3
