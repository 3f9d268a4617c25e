from io import BytesIO

import pytest

from jobs.sandbox.protocol import read_message, write_messages


def test_messages_are_read_as_they_were_written():
    messages = [b"", b"{}", bytes(70_000)]
    stream = BytesIO()
    write_messages(stream, messages)
    stream.seek(0)
    assert [read_message(stream) for _ in messages] == messages
    assert read_message(stream) is None


@pytest.mark.parametrize("length", [0, 7, 8, 10])
def test_a_message_that_is_cut_is_none(length):
    stream = BytesIO()
    write_messages(stream, [b"abc"])
    assert read_message(BytesIO(stream.getvalue()[:length])) is None
