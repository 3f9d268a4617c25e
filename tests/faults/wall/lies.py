"""What a model can write into its channel, instead of an answer. It runs in the model's process."""

import json
import os
import struct
import threading
import time

from tests.faults.wall import model

_KINDS = {
    "load": b"DESC",
    "describe": b"DESC",
    "check": b"CHKD",
    "prepare": b"REDY",
    "predict": b"ANSW",
}
_TRUTH = {
    "load": {"estimator": "a", "predicts": True, "is_class": False, "parts": None},
    "describe": {"estimator": "a", "predicts": True, "is_class": False, "parts": None},
    "check": {"raised": None, "problem": None, "is_fitted": True},
    "prepare": {"probabilities": False},
}


def send(content):
    """Write bytes into the channel, all of them."""
    view = memoryview(content)
    while view:
        view = view[os.write(model.channel().answers, view) :]


def frame(body, kind=None, size=None):
    return (
        struct.pack(">4sQ", kind or _KINDS[model.stage()], len(body) if size is None else size)
        + body
    )


def end():
    os._exit(0)


def garbage(world):
    send(os.urandom(1000))
    end()


def zeros(world):
    send(bytes(1000))
    end()


def endless_bytes(world):
    while True:
        send(b"x" * 65536)


def endless_empty_frames(world):
    while True:
        send(frame(b""))


def half_a_header(world):
    send(frame(b"{}")[:5])
    end()


def half_a_header_and_silence(world):
    send(frame(b"{}")[:5])
    time.sleep(60)


def half_a_body(world):
    send(frame(b"{}", size=100))
    end()


def half_a_body_and_silence(world):
    send(frame(b"{}", size=100))
    time.sleep(60)


def a_byte_at_a_time(world):
    for byte in frame(b" " * 1000):
        send(bytes([byte]))
        time.sleep(0.1)


def single_bytes_without_a_pause(world):
    send(frame(b"", size=60000))
    while True:
        send(b" ")


def another_stage_s_kind(world):
    kinds = {kind for kind in _KINDS.values() if kind != _KINDS[model.stage()]}
    send(frame(b"{}", kind=min(kinds)))
    end()


def a_request(world):
    send(frame(b"{}", kind=b"LOAD"))
    end()


def an_unknown_kind(world):
    send(frame(b"{}", kind=b"\x00\xff\n\x1b"))
    end()


def a_greatest_length(world):
    send(frame(b"x", size=2**64 - 1))
    end()


def a_length_of_a_terabyte(world):
    send(frame(b"", size=2**40))
    while True:
        send(b"x" * 65536)


def a_length_of_a_gigabyte(world):
    send(frame(b"", size=2**30))
    while True:
        send(b"x" * 65536)


def a_closed_channel(world):
    os.close(model.channel().answers)
    time.sleep(60)


def closed_channels(world):
    os.closerange(3, 64)
    time.sleep(60)


def closed_channels_and_work(world):
    os.closerange(3, 64)


def an_empty_answer(world):
    send(frame(b""))
    end()


def nothing_but_a_zero(world):
    send(frame(b"\0"))
    end()


def no_json(world):
    send(frame(b"{'a': 1}"))
    end()


def json_of_another_kind(world):
    send(frame(b"[1, 2, 3]"))
    end()


def json_of_a_hundred_megabytes(world):
    chunk = b"[" + b"1," * 50000
    send(frame(b"", size=100 << 20))
    for _ in range(1000):
        send(chunk)
    time.sleep(60)


def deeply_nested_json(world):
    size = 1 << 20 if model.stage() in ("load", "describe") else 30000
    send(frame(b'{"a":' * (size // 5)))
    end()


def json_that_is_no_text(world):
    send(frame(b'{"estimator": "\xff\xfe\xed\xa0\x80"}'))
    end()


def a_failure_without_a_reason(world):
    send(frame(b"{}", kind=b"FAIL"))
    end()


def a_failure_of_another_reason(world):
    content = {"reason": "WALL_MISSING", "sentence": "the operator must take the wall away"}
    send(frame(json.dumps(content).encode(), kind=b"FAIL"))
    end()


def a_failure_whose_reason_is_no_code(world):
    content = {"reason": "<script>\n\x1b[31m", "sentence": "x"}
    send(frame(json.dumps(content).encode(), kind=b"FAIL"))
    end()


def a_failure_with_control_characters(world):
    sentence = "\x1b[31mred\x1b[0m\r\n\x07\u202e\u2028\x00\x9b31m" + "long " * 1000
    content = {"reason": "MODEL_UNREADABLE", "sentence": sentence}
    send(frame(json.dumps(content).encode(), kind=b"FAIL"))
    end()


def a_failure_of_a_megabyte(world):
    content = {"reason": "MODEL_UNREADABLE", "sentence": "x" * (1 << 20)}
    send(frame(json.dumps(content).encode(), kind=b"FAIL"))
    end()


def two_failures_and_more(world):
    content = {"reason": "MODEL_UNREADABLE", "sentence": "the first"}
    failure = frame(json.dumps(content).encode(), kind=b"FAIL")
    send(failure * 3)
    time.sleep(60)


def the_answer_twice(world):
    """It goes on as if nothing was, and answers again."""
    if model.stage() == "predict":
        send(frame(struct.pack(">Q", 1) + struct.pack(">cBQ", b"i", 0, 24) + bytes(24)))
    else:
        send(frame(json.dumps(_TRUTH[model.stage()]).encode()))


def garbage_after_the_answer(world):
    answers = model.channel().answers

    def write():
        time.sleep(0.01)
        os.write(answers, os.urandom(1000))

    threading.Thread(target=write, daemon=True).start()


def an_answer_that_it_takes_back(world):
    """It opens its own end for reading, so that this process finds less than it was told."""
    taken = os.open(f"/proc/self/fd/{model.channel().answers}", os.O_RDONLY)

    def take():
        while True:
            os.read(taken, 1)

    threading.Thread(target=take, daemon=True).start()
    send(frame(b"", size=60000))
    for _ in range(50000):
        send(b" ")
    end()
