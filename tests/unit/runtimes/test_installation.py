import subprocess
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from runtimes.installation import install, installed_megabytes, interpreter, is_installed
from shared.errors import FailedPrecondition, NotFound
from tests.unit.runtimes.wheels import write_runtime, write_wheel

NAME = "sklearn-0.1"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "runtimes"


@pytest.fixture
def lines():
    return []


@pytest.fixture
def wheel(links, definitions):
    path = write_wheel(links, "tiny")
    write_runtime(definitions, "0.1", path)
    return path


def printed(python, program):
    ran = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_an_installed_runtime_has_its_packages_and_their_bytecode(wheel, definitions, root, lines):
    assert not is_installed(NAME, root, definitions)
    python = install(NAME, root, lines.append, definitions)
    assert python == interpreter(NAME, root) == root / NAME / "bin/python"
    assert is_installed(NAME, root, definitions)
    file = printed(python, "import tiny; print(tiny.__file__)")
    assert Path(file).is_relative_to(root / NAME)
    assert Path(cache_from_source(file)).exists()


def test_progress_is_a_line_at_the_beginning_and_one_at_the_end(wheel, definitions, root, lines):
    install(NAME, root, lines.append, definitions)
    begun, ended = lines
    assert begun.startswith(f"installing {NAME}: Python 3.")
    assert ended.startswith(f"installed {NAME} in ")
    assert ended.endswith(f" seconds, {installed_megabytes(NAME, root)} MB")


def test_what_is_installed_is_not_installed_again(wheel, definitions, root, lines):
    install(NAME, root, lines.append, definitions)
    lines.clear()
    install(NAME, root, lines.append, definitions)
    assert lines == []


def test_other_pins_are_another_installation_without_what_was_there(
    wheel, links, definitions, root, lines
):
    install(NAME, root, lines.append, definitions)
    write_runtime(definitions, "0.1", write_wheel(links, "other"))
    assert not is_installed(NAME, root, definitions)
    python = install(NAME, root, lines.append, definitions)
    printed(python, "import other")
    with pytest.raises(subprocess.CalledProcessError):
        printed(python, "import tiny")


def test_an_interrupted_installation_is_none_and_the_next_one_completes_it(
    wheel, definitions, root, lines
):
    half = root / NAME / "lib"
    half.mkdir(parents=True)
    (half / "left").touch()
    assert not is_installed(NAME, root, definitions)
    install(NAME, root, lines.append, definitions)
    assert is_installed(NAME, root, definitions)
    assert not (half / "left").exists()


def test_a_runtime_whose_python_has_gone_is_not_installed(wheel, definitions, root, lines):
    install(NAME, root, lines.append, definitions)
    interpreter(NAME, root).unlink()
    assert not is_installed(NAME, root, definitions)


def test_of_several_that_install_at_once_one_does(wheel, definitions, root, lines):
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(install, NAME, root, lines.append, definitions) for _ in range(4)]
        pythons = {each.result() for each in running}
    assert pythons == {interpreter(NAME, root)}
    assert len([line for line in lines if line.startswith("installing")]) == 1


def test_a_wheel_that_is_not_the_one_that_was_pinned_is_refused(wheel, definitions, root, lines):
    write_wheel(definitions / NAME, "tiny", code="ANSWER = 43\n")
    with pytest.raises(FailedPrecondition, match=r"(?s)installing sklearn-0.1 failed.*[Hh]ash"):
        install(NAME, root, lines.append, definitions)
    assert not is_installed(NAME, root, definitions)


def test_a_package_that_cannot_be_imported_is_told(links, definitions, root, lines):
    broken = "raise OSError('libgomp.so.1: cannot open shared object file')\n"
    write_runtime(definitions, "0.1", write_wheel(links, "lightgbm", code=broken))
    install(NAME, root, lines.append, definitions)
    assert lines[1].startswith(f"{NAME}: lightgbm does not import: libgomp.so.1: cannot open")
    assert is_installed(NAME, root, definitions)


def test_a_missing_python_is_named(links, definitions, root, lines):
    write_runtime(definitions, "0.1", write_wheel(links, "tiny"), python="3.99")
    with pytest.raises(FailedPrecondition, match=r"Python 3\.99 is missing.*python3\.99") as raised:
        install(NAME, root, lines.append, definitions)
    assert raised.value.reason == "PYTHON_MISSING"


def test_a_runtime_that_is_not_defined_cannot_be_installed(definitions, root, lines):
    assert not is_installed("sklearn-9.9", root, definitions)
    with pytest.raises(NotFound, match=r"sklearn-9\.9"):
        install("sklearn-9.9", root, lines.append, definitions)


def test_a_folder_that_cannot_be_written_to_is_named(wheel, definitions, root, lines):
    root.write_text("a file, where a folder should be")
    with pytest.raises(FailedPrecondition, match="use a folder that can be written to"):
        install(NAME, root, lines.append, definitions)
