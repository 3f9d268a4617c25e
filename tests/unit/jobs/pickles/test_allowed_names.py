import importlib

import pytest

from jobs.pickles.allowed_names import (
    GENERATED,
    REVIEWED,
    NameTable,
    Use,
    default_names,
    read_table,
)
from jobs.pickles.generate_names import main

DANGEROUS = [
    "builtins:eval",
    "builtins:exec",
    "builtins:getattr",
    "builtins:open",
    "builtins:type",
    "collections:Counter",
    "functools:reduce",
    "importlib:import_module",
    "joblib.numpy_pickle:load",
    "numpy:fromfile",
    "numpy:frompyfunc",
    "numpy:load",
    "numpy:memmap",
    "numpy:object_",
    "numpy:vectorize",
    "numpy.testing._private.utils:runstring",
    "operator:attrgetter",
    "operator:methodcaller",
    "os:system",
    "pandas:eval",
    "pandas:read_pickle",
    "pickle:loads",
    "posix:system",
    "scipy.stats._distn_infrastructure:rv_continuous_frozen",
    "sklearn.callback._scoring_monitor:ScoringMonitor",
    "sklearn.datasets._openml:fetch_openml",
    "sklearn.metrics._dist_metrics:PyFuncDistance64",
    "subprocess:Popen",
]


def test_the_generated_table_is_not_stale():
    assert main(["--check"]) == 0, "run: python -m jobs.pickles.generate_names"


@pytest.mark.parametrize("key", DANGEROUS)
def test_what_could_be_abused_is_not_in_the_table(key):
    module, _, name = key.partition(":")
    assert not default_names()[module, name].uses


def test_every_line_has_a_reason_and_stands_once():
    keys = []
    for file in (GENERATED, REVIEWED):
        for line in file.read_text().splitlines():
            if not line.startswith("#") and line:
                entry, _, reason = line.partition("  # ")
                keys.append(entry.split()[1])
                assert reason, line
    assert len(keys) == len(set(keys))


def test_every_reviewed_name_exists_and_is_no_path():
    for entry in read_table(REVIEWED).values():
        assert "." not in entry.name
        assert hasattr(importlib.import_module(entry.module), entry.name), entry.key


def test_no_module_outside_of_the_libraries_is_trusted_but_for_single_reviewed_names():
    roots = {entry.module.partition(".")[0] for entry in read_table(GENERATED).values()}
    assert roots == {"numpy", "sklearn"}


def test_older_spellings_are_the_same_names():
    names = default_names()
    assert names["numpy.core.multiarray", "scalar"] is names["numpy._core.multiarray", "scalar"]
    assert names["copy_reg", "_reconstructor"].uses == {Use.CALL}
    assert names["__builtin__", "xrange"].key == "builtins:range"


def test_an_operator_s_names_are_added_and_override_nothing():
    names = NameTable(read_table(REVIEWED)).with_custom(["mine.features:Clip", "builtins:object"])
    assert names["mine.features", "Clip"].uses == set(Use)
    assert names["mine.features", "Other"].uses == set()
    assert names["builtins", "object"].uses == {Use.REFER}
