"""What files say of themselves, honest and hostile ones, in every form."""

import pickle

import pytest
import sklearn
from sklearn.linear_model import LogisticRegression

from jobs.pickles.limits import Limits
from jobs.pickles.read_facts import read_facts
from tests.unit.jobs.pickles.assembly import (
    EMPTY_DICT,
    NONE,
    built,
    called,
    dtype,
    file,
    items,
    made,
    named,
    octets,
    text,
    wrapped_array,
)
from tests.unit.jobs.pickles.attacks import COMPRESSIONS, attacks
from tests.unit.jobs.pickles.honest import honest_models
from tests.unit.jobs.pickles.test_booster_versions import WRITTEN
from tests.unit.jobs.pickles.test_honest import FORMS, VARIED, dumped

MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("attacks") / "marker"


@pytest.mark.parametrize("form", FORMS)
def test_a_model_tells_its_version_in_every_form_of_a_file(form):
    for name in VARIED:
        facts = read_facts(FORMS[form](honest_models()[name].estimator))
        assert facts.problem is None
        assert facts.versions == {"sklearn": {sklearn.__version__}}
        assert {"sklearn", "numpy"} <= facts.packages


@pytest.mark.parametrize("protocol", range(6))
def test_the_protocol_is_told(protocol):
    facts = read_facts(pickle.dumps(MODEL, protocol))
    assert facts.protocol == (protocol if protocol > 1 else 0)


def test_every_version_is_told_when_there_are_several():
    older = file(built(made(named("sklearn.svm", "SVC")), items(_sklearn_version=text("0.24.2"))))
    content = file(
        built(
            made(named("sklearn.pipeline", "Pipeline")),
            items(_sklearn_version=text("1.5.0"), inner=older[2:-1]),
        )
    )
    assert read_facts(content).versions == {"sklearn": {"0.24.2", "1.5.0"}}


def test_the_version_of_a_booster_is_told():
    booster = built(made(named("xgboost.core", "Booster")), items(handle=octets(WRITTEN["3.4.1"])))
    assert read_facts(file(booster)).versions == {"xgboost": {"3.4.1"}}


def test_the_bytes_of_other_libraries_are_not_searched():
    other = built(made(named("mine", "Booster")), items(handle=octets(WRITTEN["3.4.1"])))
    assert read_facts(file(other)).versions == {}


def test_no_attack_runs_and_none_raises(marker):
    for name, content in attacks(marker).items():
        facts = read_facts(content)
        assert facts.problem is None or isinstance(facts.problem, str), name
        assert not marker.exists(), name


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_name_is_told_through_every_compression(compression, marker):
    content = COMPRESSIONS[compression](attacks(marker)["os.system"])
    assert read_facts(content).alarming == {"os.system"}


@pytest.mark.parametrize("name", ["os.system", "GLOBAL in protocol 0", "exec", "pickle in pickle"])
def test_an_alarming_name_is_told_however_it_is_written(name, marker):
    assert read_facts(attacks(marker)[name]).alarming


def test_names_after_a_nested_array_are_told():
    array = wrapped_array(dtype("f8"), [2], bytes(16))
    content = file(called(named("os", "system"), array))
    assert read_facts(content).alarming == {"os.system"}


def test_what_stands_before_a_break_is_told():
    content = dumped(MODEL)
    facts = read_facts(content[: len(content) - 60])
    assert facts.problem
    assert "sklearn" in facts.packages


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ends at byte 0"),
        (b"nonsense", "is no pickle: unknown opcode 0x6e"),
        (pickle.dumps(1) + b"more", "goes on after its end at byte 5"),
        (b"\x80\x04" + b"N0" * 600 + b"N.", "takes more than 1,000 steps"),
        (file(b"0"), "is no whole pickle: IndexError"),
        (file(NONE + b"r\xff\xff\xff\xff"), "numbers its memo in a way that no pickler does"),
        (file(b"\x97"), "needs a buffer that is not in the file"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_a_file_that_cannot_be_read_to_its_end_says_why(content, words):
    assert words in read_facts(content, Limits(opcodes=1_000)).problem


def test_pickles_in_pickles_are_bounded():
    content = b""
    for _ in range(10):
        content = file(wrapped_array(dtype("O8"), [1], content or file(NONE)))
    assert "nests more than 8 pickles" in read_facts(content).problem


def test_names_are_cut_and_counted():
    names = b"".join(b"cm%d\nn\n0" % number for number in range(3_000))
    facts = read_facts(file(names + b"c" + b"m" * 5_000 + b"\nn\n"))
    assert len(facts.modules) == 2_000
    facts = read_facts(file(b"c" + b"m" * 5_000 + b"\n" + b"n" * 5_000 + b"\n"))
    assert {len(module) for module in facts.modules} == {200}


def test_a_dictionary_s_keys_are_never_hashed_but_texts():
    # Its hash would take 2**60 steps.
    nested = NONE
    for _ in range(60):
        nested = b"(" + nested + b"0" + b"t"
    assert read_facts(file(EMPTY_DICT + nested + NONE + b"s")).problem is None
