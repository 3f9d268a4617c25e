import pytest

from jobs.pickles.allowed_names import Global
from jobs.pickles.findings import Findings, ScanResult, advice


def test_a_call_replaces_a_mention_and_nothing_replaces_a_call():
    findings = Findings()
    for verb, position in (("names", 1), ("calls", 2), ("names", 3)):
        findings.add_unknown_name(Global("os", "system"), verb, position)
    assert findings.result() == ScanResult(
        ("the file calls os.system at byte 2: no model needs it",)
    )


def test_names_come_first_and_only_twenty_of_them():
    findings = Findings()
    findings.add("the file ends")
    for number in range(30):
        findings.add_unknown_name(Global("mine", f"Class{number}"), "names", number)
    result = findings.result()
    assert len(result.findings) == 21
    assert result.findings[0].startswith("the file names mine.Class0 at byte 0: models may not")
    assert result.findings[1] == "the file names mine.Class1 at byte 1, too"
    assert result.findings[-1] == "after that, the file ends"


def test_the_cause_comes_first_although_its_call_comes_last():
    findings = Findings()
    findings.add_unknown_name(Global("pandas", "DataFrame"), "names", 1)
    findings.add_unknown_name(Global("builtins", "getattr"), "calls", 5)
    findings.add_unknown_name(Global("pandas", "Index"), "calls", 7)
    findings.add_unknown_name(Global("pandas", "DataFrame"), "calls", 9)
    assert [each.split(":")[0] for each in findings.result().findings] == [
        "the file calls pandas.DataFrame at byte 9",
        "the file calls builtins.getattr at byte 5",
        "the file calls pandas.Index at byte 7, too",
    ]


def test_a_sentence_without_a_name_stands_by_itself():
    findings = Findings()
    findings.add("the file ends")
    assert findings.result().findings == ("the file ends",)


def test_versions_are_sorted():
    assert Findings(sklearn_versions={"1.9", "1.8"}).result().sklearn_versions == ("1.8", "1.9")


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("posix", "no model needs it"),
        ("os.path", "no model needs it"),
        ("__main__", "move it to a module"),
        ("scipy.stats._continuous_distns", "dump search.best_estimator_"),
        ("scipy.statsmodels", "MLSYS_ALLOWED_PICKLE_NAMES"),
        ("cloudpickle.cloudpickle", "use NumPy's functions"),
        ("sklearn.svm._classes", "has no such estimator"),
        ("sklearnex", "MLSYS_ALLOWED_PICKLE_NAMES"),
        ("mine", "MLSYS_ALLOWED_PICKLE_NAMES"),
    ],
)
def test_advice_is_by_the_root_of_the_module(module, sentence):
    assert sentence in advice(Global(module, "Name"))
