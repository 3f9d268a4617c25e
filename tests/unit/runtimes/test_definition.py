from datetime import date

import pytest

from runtimes.catalog import find_runtime
from runtimes.definition import Change, compile_requirements, define
from shared.errors import FailedPrecondition, InvalidArgument, NotFound
from tests.unit.runtimes.wheels import MINOR, write_runtime, write_wheel

TODAY = date(2026, 11, 28)


def text(folder, name="requirements.in"):
    return (folder / "sklearn-2.0" / name).read_text()


def test_a_new_runtime_is_of_today_and_has_the_python_of_the_next_older_one(definitions):
    write_runtime(definitions, "1.8", python="3.12")
    write_runtime(definitions, "1.10", python="3.13")
    assert define("2.0", Change(), TODAY, definitions) == "sklearn-2.0"
    assert "scikit-learn==2.0.*\n" in text(definitions)
    assert "# exclude-newer: 2026-11-28\n" in text(definitions)
    assert text(definitions, ".python-version") == "3.13\n"


def test_a_new_runtime_can_have_another_day_another_python_and_more_packages(definitions):
    change = Change("3.10", date(2024, 1, 1), ["mypkg==1.0", "numpy<2"])
    define("2.0", change, TODAY, definitions)
    assert text(definitions, ".python-version") == "3.10\n"
    assert "# exclude-newer: 2024-01-01\n" in text(definitions)
    assert "\nnumpy<2\nscipy\n" in text(definitions)
    assert text(definitions).endswith("\nmypkg==1.0\n")


def test_an_old_scikit_learn_needs_a_day(definitions):
    write_runtime(definitions, "1.5", python="3.11")
    with pytest.raises(InvalidArgument, match=r"0\.23 is older than sklearn-1\.5: say DATE"):
        define("0.23", Change(), TODAY, definitions)
    assert not (definitions / "sklearn-0.23").exists()
    define("0.23", Change(day=date(2021, 1, 1)), TODAY, definitions)
    assert (definitions / "sklearn-0.23" / ".python-version").read_text() == "3.11\n"


def test_a_runtime_that_is_there_keeps_what_is_not_changed(definitions):
    define("2.0", Change("3.10", date(2024, 1, 1), ["mypkg==1.0"]), TODAY, definitions)
    before = text(definitions)
    define("2.0", Change(), TODAY, definitions)
    assert text(definitions) == before
    assert text(definitions, ".python-version") == "3.10\n"
    define("2.0", Change("3.11", additions=["mypkg==1.1"]), TODAY, definitions)
    assert text(definitions) == before.replace("mypkg==1.0", "mypkg==1.1")
    assert text(definitions, ".python-version") == "3.11\n"


def test_a_wheel_is_copied_beside_the_requirements(definitions, tmp_path):
    wheel = write_wheel(tmp_path / "elsewhere", "mypkg")
    define("2.0", Change(additions=[str(wheel)]), TODAY, definitions)
    assert text(definitions).endswith("\n./mypkg-1.0-py3-none-any.whl\n")
    copied = definitions / "sklearn-2.0" / wheel.name
    assert copied.read_bytes() == wheel.read_bytes()
    define("2.0", Change(additions=[str(copied)]), TODAY, definitions)
    assert text(definitions).count("mypkg") == 1


@pytest.mark.parametrize("minor", ["", "1", "1.5.2", "../1.5", "one"])
def test_what_is_no_minor_is_refused(definitions, minor):
    with pytest.raises(InvalidArgument, match="is not a version like"):
        define("2.0", Change(minor or "x"), TODAY, definitions)
    if minor:
        with pytest.raises(InvalidArgument, match="is not a version like"):
            define(minor, Change(), TODAY, definitions)


def test_a_wheel_that_is_not_there_is_named(definitions):
    with pytest.raises(NotFound, match=r"no wheel missing\.whl"):
        define("2.0", Change(additions=["missing.whl"]), TODAY, definitions)


def define_tiny(definitions, *lines):
    folder = definitions / "sklearn-2.0"
    folder.mkdir(exist_ok=True)
    (folder / ".python-version").write_text(f"{MINOR}\n")
    (folder / "requirements.in").write_text("".join(f"{line}\n" for line in lines))


def test_what_is_compiled_is_pinned_by_hashes_also_a_wheel_of_the_folder(links, definitions):
    write_wheel(links, "tiny", "1.1")
    write_wheel(definitions / "sklearn-2.0", "mypkg", requires=["tiny", "matplotlib"])
    define_tiny(definitions, "./mypkg-1.0-py3-none-any.whl", "# exclude-newer: 2020-01-01")
    compile_requirements("sklearn-2.0", definitions)
    assert find_runtime("sklearn-2.0", definitions).versions == {"mypkg": "1.0", "tiny": "1.1"}
    compiled = text(definitions, "requirements.txt")
    assert compiled.count("--hash=sha256:") == 2
    assert "\n./mypkg-1.0-py3-none-any.whl" in f"\n{compiled}"
    assert str(definitions) not in compiled


def test_without_a_day_what_was_pinned_stays(links, definitions):
    write_wheel(links, "tiny", "1.0")
    define_tiny(definitions, "tiny")
    compile_requirements("sklearn-2.0", definitions)
    write_wheel(links, "tiny", "1.1")
    compile_requirements("sklearn-2.0", definitions)
    assert find_runtime("sklearn-2.0", definitions).versions == {"tiny": "1.0"}
    define_tiny(definitions, "# exclude-newer: 2026-01-01", "tiny")
    compile_requirements("sklearn-2.0", definitions)
    assert find_runtime("sklearn-2.0", definitions).versions == {"tiny": "1.1"}


def test_versions_that_do_not_go_together_are_what_uv_says_of_them(links, definitions):
    write_wheel(links, "tiny", "1.0")
    define_tiny(definitions, "tiny>=2")
    with pytest.raises(FailedPrecondition, match=r"(?s)compiling.*sklearn-2\.0 failed.*tiny"):
        compile_requirements("sklearn-2.0", definitions)


def test_a_runtime_that_is_not_defined_cannot_be_compiled(definitions):
    with pytest.raises(NotFound, match=r"sklearn-9\.9"):
        compile_requirements("sklearn-9.9", definitions)
