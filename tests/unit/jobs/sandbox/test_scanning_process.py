"""What the scanning process answers, asked in this process; test_scanner.py starts it."""

import json
import os
import pickle
import threading

import pytest

from jobs.models.description import decode
from jobs.sandbox.scanner import SCAN, SCANNED, Scan
from jobs.sandbox.scanning_process import serve
from runtimes.model_process import frames
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import dumped, naming


@pytest.fixture
def process():
    """The ends of a serving thread's pipes, which it has said to be ready for."""
    theirs, requests = os.pipe()
    answers, their_answers = os.pipe()
    thread = threading.Thread(target=serve, args=(theirs, their_answers))
    thread.start()
    assert frames.read_frame(answers, {frames.READY: 0})[0] == frames.READY
    yield requests, answers
    os.close(requests)
    thread.join()
    for descriptor in (theirs, answers, their_answers):
        os.close(descriptor)


def scan(process, content, **options):
    requests, answers = process
    options = {"is_strict": False, "allowed_names": []} | options
    frames.write_frame(requests, SCAN, [json.dumps(options).encode()])
    frames.write_frame(requests, SCAN, [content])
    return decode(frames.read_frame(answers, {SCANNED: 1 << 22})[1], Scan)


def test_one_file_after_the_other_is_answered(process):
    assert scan(process, naming("mine", "Model")).packages == ("mine",)
    assert "sklearn" in scan(process, dumped(models.regression())).packages
    assert scan(process, b"").problem


def test_only_the_policy_strict_judges_names(process):
    content = naming("mine", "Model")
    assert scan(process, content).findings == ()
    assert scan(process, content, is_strict=True).findings
    assert not scan(process, content, is_strict=True, allowed_names=["mine:Model"]).findings


def test_an_answer_is_bounded_whatever_a_file_names(process):
    many = b"".join(b"cm%d\n%s\n0" % (number, b"n" * 5_000) for number in range(1_000))
    alarming = b"".join(b"cos\n%s%d\n0" % (b"n" * 5_000, number) for number in range(1_000))
    found = scan(process, many + alarming + b"N.", is_strict=True)
    assert len(found.packages) == 200
    assert len(found.alarming) <= 200
    assert len(found.findings) <= 200
    assert all(len(each) <= 2_000 for each in (*found.alarming, *found.findings))


def test_a_process_ends_in_the_middle_of_a_request_too(process):
    os.write(process[0], b"SCAN\0\0")


def test_texts_that_utf_8_cannot_encode_are_replaced(process):
    content = pickle.dumps("mine\udc80", 2)[:-3] + b"\x8c\x01C\x93."
    assert scan(process, content).packages == ("mine?",)
