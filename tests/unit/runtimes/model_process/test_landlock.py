"""What the module asks the kernel for; tests/faults/wall tries what comes of it."""

import ctypes
import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from runtimes.model_process import landlock, wall

CREATE, ADD, RESTRICT = 444, 445, 446


def descriptors():
    return {path.name for path in Path("/proc/self/fd").iterdir()}


class FakeKernel:
    """A libc whose Landlock has a version, and which may refuse one of the calls."""

    def __init__(self, version, refused=None):
        self.version = version
        self.refused = refused
        self.ruleset = None
        self.rules = []
        self.is_restricted = False

    def syscall(self, number, *arguments):
        if self.version == 0 or number == self.refused:
            ctypes.set_errno(errno.EPERM)
            return -1
        if number == CREATE and arguments[0] is None:
            return self.version
        if number == CREATE:
            size = arguments[1]
            self.ruleset = list((ctypes.c_uint64 * (size // 8)).from_buffer(arguments[0]._obj))
            return os.open(os.devnull, os.O_RDONLY)
        if number == ADD:
            rule = arguments[2]._obj
            self.rules.append(rule.allowed_access)
            return 0
        self.is_restricted = True
        return 0


@pytest.fixture
def kernel(monkeypatch):
    def install(version, refused=None):
        fake = FakeKernel(version, refused)
        monkeypatch.setattr(landlock, "_libc", lambda: fake)
        return fake

    return install


def test_a_kernel_without_it_restricts_nothing(kernel):
    fake = kernel(0)
    assert landlock.version() == 0
    assert landlock.allow_reading_only(["/usr"]) is False
    assert not fake.is_restricted


# The numbers of https://docs.kernel.org/userspace-api/landlock.html, by version.
@pytest.mark.parametrize(
    ("version", "ruleset"),
    [
        (1, [0x1FFF]),
        (2, [0x3FFF]),
        (3, [0x7FFF]),
        (4, [0x7FFF, 3]),
        (5, [0xFFFF, 3]),
        (6, [0xFFFF, 3, 3]),
        (7, [0xFFFF, 3, 3]),
        (99, [0xFFFF, 3, 3]),
    ],
)
def test_everything_is_taken_away_that_the_version_knows(kernel, version, ruleset):
    fake = kernel(version)
    assert landlock.allow_reading_only([]) is True
    assert fake.ruleset == ruleset
    assert fake.is_restricted


def test_reading_is_left_below_the_paths_that_exist(kernel, tmp_path):
    (tmp_path / "file").touch()
    fake = kernel(7)
    paths = [str(tmp_path), str(tmp_path / "file"), str(tmp_path / "missing")]
    landlock.allow_reading_only(paths, [str(tmp_path)])
    read_file, read_folder = 1 << 2, 1 << 3
    assert fake.rules == [read_file | read_folder, read_file, read_folder]


@pytest.mark.parametrize("refused", [CREATE, ADD, RESTRICT])
def test_a_kernel_that_refuses_is_an_error_and_no_descriptor_stays_open(kernel, refused, tmp_path):
    fake = kernel(7)
    assert landlock.version() == 7
    fake.refused = refused
    before = descriptors()
    if refused == CREATE:  # it does not even say its version then
        assert landlock.allow_reading_only([str(tmp_path)]) is False
    else:
        with pytest.raises(OSError, match="Operation not permitted"):
            landlock.allow_reading_only([str(tmp_path)])
    assert descriptors() == before
    assert not fake.is_restricted


def _read_in_a_restricted_process(allowed, paths, answers):
    wall._control(38, 1)
    landlock.allow_reading_only([allowed])
    for path in paths:
        try:
            with open(path) as file:  # noqa: PTH123
                answers.put(file.read())
        except OSError as error:
            answers.put(errno.errorcode[error.errno])


def test_the_kernel_of_this_machine_does_it(tmp_path):
    assert landlock.version() >= 1, "the wall's tests need a kernel with Landlock"
    for folder in ("inside", "outside"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text(folder)
    paths = [str(tmp_path / folder / "file") for folder in ("inside", "outside")]
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(
        target=_read_in_a_restricted_process, args=[str(tmp_path / "inside"), paths, answers]
    )
    process.start()
    assert [answers.get(), answers.get()] == ["inside", "EACCES"]
    process.join()
