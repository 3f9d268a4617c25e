import pytest

from jobs.pickles.file_facts import FileFacts


def test_packages_are_the_first_names_of_modules():
    facts = FileFacts(modules={"sklearn.svm._classes", "sklearn.pipeline", "numpy", ""})
    assert facts.packages == {"sklearn", "numpy", ""}


@pytest.mark.parametrize("version", ["1.9.1", "0.24", "1.6.dev0", "2.1.0+cpu", "1.5.0rc1"])
def test_a_version_is_noted_by_its_library(version):
    facts = FileFacts()
    facts.add_version("sklearn", version)
    facts.add_version("sklearn", "1.0.0")
    assert facts.versions == {"sklearn": {version, "1.0.0"}}


@pytest.mark.parametrize(
    "text", ["", "1", "unknown", "1.9\n", "1." + "9" * 300, "\u0661.\u0669", "v1.9"]
)
def test_what_is_no_version_is_not_noted(text):
    facts = FileFacts()
    facts.add_version("sklearn", text)
    assert facts.versions == {}
