"""Scans by a process of its own: whatever a file is, an answer comes, and the next one is read."""

import os
import pickle
import signal
import threading

import pytest

from jobs.pickles.limits import Limits
from jobs.sandbox import scanner as scanner_module
from jobs.sandbox.scanner import Scan, Scanner
from shared.errors import FailedPrecondition
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import dumped, naming

HONEST = dumped(models.pipeline())


@pytest.fixture(scope="module")
def scanner():
    scanner = Scanner()
    yield scanner
    scanner.close()


def test_an_honest_file_tells_its_libraries_and_versions(scanner):
    scan = scanner.scan(HONEST)
    assert (scan.findings, scan.alarming, scan.problem) == ((), (), None)
    assert {"sklearn", "numpy"} <= set(scan.packages)
    assert set(scan.versions) == {"sklearn"}
    assert scan.protocol >= 2


def test_alarming_names_are_told_and_nothing_runs(scanner, tmp_path):
    scan = scanner.scan(attacks(tmp_path / "marker")["os.system"])
    assert scan.alarming == ("os.system",)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("content", [b"", b"nothing", HONEST[:-100]])
def test_a_broken_file_has_a_problem_and_no_finding(scanner, content):
    scan = scanner.scan(content)
    assert scan.problem
    assert scan.findings == ()


def test_the_policy_strict_has_findings_about_names(scanner):
    content = naming("own_models", "Double")
    assert scanner.scan(content).findings == ()
    (finding,) = scanner.scan(content, is_strict=True).findings
    assert "own_models.Double" in finding
    allowed = ["own_models:Double"]
    assert scanner.scan(content, is_strict=True, allowed_names=allowed).findings == ()


def test_texts_that_utf_8_cannot_encode_are_told_as_question_marks(scanner):
    content = pickle.dumps("mine\udc80", 2)[:-3] + b"\x8c\x01C\x93."
    assert scanner.scan(content).packages == ("mine?",)


def test_a_file_that_takes_too_long_is_a_finding_and_the_next_one_is_scanned(scanner, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(scanner_module, "LIMITS", Limits(wall_seconds=1))
        scan = scanner.scan(b"\x80\x04" + b"N0" * 4_000_000 + b"N.")
        assert scan == Scan(findings=("the file takes longer to read than a model may",))
    assert scanner.scan(HONEST).problem is None


def test_a_process_that_was_killed_is_replaced(scanner):
    scanner.scan(HONEST)
    process = scanner.start()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert scanner.scan(HONEST).problem is None
    assert scanner.start() is not process


def test_a_process_that_every_file_ends_is_a_finding():
    class Ending(Scanner):
        def _require_ready(self, answers):
            super()._require_ready(answers)
            self._process.kill()
            self._process.wait()

    assert Ending().scan(HONEST).findings == ("the file ended the process that read it",)


def test_a_process_that_cannot_shut_itself_in_scans_nothing(monkeypatch):
    monkeypatch.setattr(scanner_module, "compiled_filter", lambda: b"no program of a filter.")
    scanner = Scanner()
    with pytest.raises(FailedPrecondition, match="no file is scanned here") as caught:
        scanner.scan(HONEST)
    assert caught.value.reason == "WALL_MISSING"


def test_where_no_wall_is_needed_none_is_built(monkeypatch):
    monkeypatch.setattr(scanner_module, "compiled_filter", lambda: b"no program of a filter.")
    scanner = Scanner(needs_wall=False)
    assert scanner.scan(HONEST).problem is None
    scanner.close()


def test_a_scanner_that_was_closed_starts_again():
    scanner = Scanner()
    process = scanner.start()
    scanner.close()
    assert process.returncode is not None
    scanner.close()
    assert scanner.scan(HONEST).problem is None
    scanner.close()


def test_threads_take_turns(scanner):
    scans = []
    threads = [
        threading.Thread(target=lambda: scans.append(scanner.scan(HONEST))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scans == [scanner.scan(HONEST)] * 8
