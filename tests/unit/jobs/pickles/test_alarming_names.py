import pytest

from jobs.pickles.alarming_names import is_alarming
from jobs.pickles.read_facts import read_facts
from tests.unit.jobs.pickles.honest import honest_models
from tests.unit.jobs.pickles.test_honest import dumped


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("posix", "system"),
        ("os.path", "join"),
        ("subprocess", "Popen"),
        ("socket", "socket"),
        ("multiprocessing.util", "spawnv_passfds"),
        ("builtins", "eval"),
        ("builtins", "eval.__call__"),
        ("__builtin__", "execfile"),
        ("importlib", "import_module"),
        ("pickle", "loads"),
        ("numpy", "load"),
        ("sklearn.utils", "os.system"),
        ("joblib.memory", "shutil.rmtree"),
        ("joblib", "sys.modules.os.system"),
        ("anything", "__builtins__.eval"),
        ("operator", "methodcaller"),
    ],
)
def test_a_name_that_no_model_needs_is_alarming(module, name):
    assert is_alarming(module, name)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("sklearn.pipeline", "Pipeline"),
        ("builtins", "dict"),
        ("__builtin__", "set"),
        ("builtins", "evaluate"),
        ("numpy", "loadtxt"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("joblib.numpy_pickle", "NumpyArrayWrapper"),
        ("functools", "partial"),
        ("own_package.os", "System"),
        ("osmium", "system"),
        ("", ""),
    ],
)
def test_what_models_name_is_not(module, name):
    assert not is_alarming(module, name)


@pytest.mark.parametrize("name", sorted(honest_models()))
def test_no_honest_model_is_alarming(name):
    facts = read_facts(dumped(honest_models()[name].estimator))
    assert (facts.alarming, facts.problem) == (set(), None)
