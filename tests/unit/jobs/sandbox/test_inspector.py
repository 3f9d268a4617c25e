"""What an inspection finds out, in real processes; tests/faults/pickles has bombs and attacks."""

import json
import threading
from copy import deepcopy

import numpy as np
import pytest
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from jobs.models.golden_rows import KEY
from jobs.models.inspection_result import InspectionConditions
from jobs.pickles.limits import LIMITS
from jobs.publishing.author_model import describe, golden_rows
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from jobs.sandbox.model_session import ModelFailure
from jobs.sandbox.runtime_store import RuntimeStore
from runtimes.catalog import DEFAULT_RUNTIME, Runtime
from shared.errors import FailedPrecondition, Transient
from shared.registry.model_version import Status
from tests.model_runtimes import HERE, OwnRuntime
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import AGES, FRAME, SURVIVED, dumped, naming


@pytest.fixture
def inspect(inspector):
    def inspect(content, metadata=None, **conditions):
        return inspector.inspect(
            content, InspectionConditions(metadata=metadata or {}, **conditions)
        )

    return inspect


def golden_metadata(model, frame):
    """What publish writes for a model and its training rows, after it was JSON."""
    content = golden_rows(model, describe(model), frame, list(frame))
    assert content
    return json.loads(json.dumps(content))


def test_an_honest_model_is_approved_and_described(inspect):
    result = inspect(dumped(models.pipeline()))
    assert (result.status, result.findings) == (Status.APPROVED, ())
    assert result.estimator == "sklearn.pipeline.Pipeline"
    assert (result.sklearn_version, result.runtime) == (sklearn.__version__, DEFAULT_RUNTIME)
    assert result.signature.features == ("age", "sex")
    assert result.signature.outputs[0].classes == (0, 1)
    assert not result.is_suspicious


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (dumped(LogisticRegression()), "the model was never fitted: call fit before you dump it"),
        (dumped(models.parts()), "Pipeline of both, e.g. make_pipeline(it['scaler'], it['model'])"),
        (dumped(LogisticRegression), "the file holds the class sklearn.linear_model._logistic."),
        (dumped(StandardScaler().fit(AGES)), "the file holds a StandardScaler, which has no pred"),
        (dumped([1, 2]), "the file holds a list around its parts"),
        (b"", "the file cannot be loaded: "),
        (b"not a pickle", "the file cannot be loaded: "),
        (b'{"learner": {}}', "the file is JSON of XGBoost, and no pickle of a model"),
        (dumped(models.pipeline())[:-90], "the file cannot be loaded: "),
    ],
)
def test_what_is_no_fitted_model_is_quarantined_with_what_to_do(inspect, content, words):
    result = inspect(content)
    assert result.status is Status.QUARANTINED
    assert words in result.findings[0]


@pytest.mark.parametrize(
    ("model", "outputs"),
    [(models.forest_of_two, 2), (models.chain, 2), (models.regression, 1), (models.pipeline, 1)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_models_of_one_output_and_of_several_are_approved(inspect, model, outputs):
    result = inspect(dumped(model()))
    assert (result.status, result.findings) == (Status.APPROVED, ())
    assert len(result.signature.outputs) == outputs


def test_a_model_that_was_fitted_on_an_array_is_approved_and_told_to_name_its_columns(inspect):
    content = dumped(models.on_array())
    result = inspect(content)
    assert result.status is Status.APPROVED
    assert "list its 1 column in metadata.json" in result.findings[0]
    named = inspect(content, {"features": ["age"]})
    assert (named.status, named.findings) == (Status.APPROVED, ())
    assert named.signature.features == ("age",)


def test_a_model_of_texts_is_approved_and_told_to_name_their_column(inspect):
    content = dumped(models.of_texts())
    result = inspect(content)
    assert result.status is Status.APPROVED
    assert "takes one column of texts, and nothing says which" in result.findings[0]
    named = inspect(content, {"features": ["comment"]})
    assert (named.status, named.findings) == (Status.APPROVED, ())
    assert [(each.name, each.type) for each in named.signature.inputs] == [("comment", "STRING")]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (models.of_wrong_probabilities(), "it gives a probability of 2"),
        (models.of_another_shape(), "it answers 1 rows with an array of shape (2, 3)"),
        (models.raising(), "the model cannot predict a row of its own columns: ValueError"),
        (models.of_labels_without_a_type(), "labels (complex128) have no type in BigQuery"),
    ],
    ids=["probabilities", "shape", "raising", "labels"],
)
def test_a_model_that_answers_otherwise_than_models_do_is_quarantined(inspect, model, words):
    result = inspect(dumped(model))
    assert result.status is Status.QUARANTINED
    assert words in result.findings[0]
    assert result.estimator
    assert result.signature


def test_a_model_is_asked_for_the_row_that_its_metadata_shows(inspect):
    content = dumped(models.pipeline())
    assert inspect(content, {"input_example": {"age": 1, "sex": "f"}}).findings == ()
    # Another guess is answered: the example is wrong, the model is not.
    assert inspect(content, {"input_example": {"age": 1, "sex": "?"}}).status is Status.APPROVED


def test_a_contradiction_to_the_metadata_is_a_finding_of_an_approved_model(inspect):
    result = inspect(dumped(models.pipeline()), {"features": ["sex", "age"]})
    assert result.status is Status.APPROVED
    assert "the model's own are used" in result.findings[0]


def test_a_model_that_gives_its_author_s_answers_is_proved(inspect):
    model = models.pipeline()
    result = inspect(dumped(model), golden_metadata(model, FRAME))
    assert (result.status, result.findings) == (Status.PROVED, ())
    assert result.may_predict


def test_golden_rows_prove_a_model_of_texts_too(inspect):
    model = models.of_texts()
    frame = AGES.assign(comment=models.TEXTS)[["comment"]]
    rows = {"types": {"comment": "STRING"}, "rows": {"comment": models.TEXTS}}
    answers = {
        "predictions": [model.predict(frame["comment"]).tolist()],
        "probabilities": [model.predict_proba(frame["comment"])[:, 1].tolist()],
    }
    result = inspect(dumped(model), {"features": ["comment"], KEY: rows | answers})
    assert (result.status, result.findings) == (Status.PROVED, ())


def nudged(metadata, change):
    """Golden rows with another probability of the first row."""
    metadata = deepcopy(metadata)
    probabilities = metadata[KEY]["probabilities"][0]
    probabilities[0] = float(change(probabilities[0]))
    return metadata


def test_answers_that_differ_in_the_last_bit_are_approved_with_a_finding(inspect):
    model = models.pipeline()
    metadata = nudged(golden_metadata(model, FRAME), lambda p: np.nextafter(p, 1.0))
    result = inspect(dumped(model), metadata)
    assert result.status is Status.APPROVED
    assert result.findings[0].startswith(
        "its answers differ from its author's by rounding: 1 answer differs"
    )


def test_answers_that_differ_by_more_are_quarantined_with_the_runtime_s_versions(inspect):
    model = models.pipeline()
    metadata = nudged(golden_metadata(model, FRAME), lambda p: p * 1.01)
    result = inspect(dumped(model), metadata)
    assert result.status is Status.QUARANTINED
    assert "answers otherwise than in its author's environment" in result.findings[0]
    assert f"sklearn {sklearn.__version__}" in result.findings[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": {"age": [1.0] * 6}}, "golden_rows of metadata.json lack the features sex"),
        ({"predictions": [[0]]}, "golden_rows of metadata.json cannot be read"),
    ],
)
def test_golden_rows_that_cannot_be_used_quarantine_a_model(inspect, change, words):
    model = models.pipeline()
    metadata = golden_metadata(model, FRAME)
    metadata[KEY] |= change
    result = inspect(dumped(model), metadata)
    assert result.status is Status.QUARANTINED
    assert words in result.findings[0]


def test_a_file_that_names_what_no_model_needs_is_suspicious_and_never_loaded(inspect, tmp_path):
    result = inspect(attacks(tmp_path / "marker")["os.system"])
    assert result.status is Status.QUARANTINED
    assert result.is_suspicious
    assert result.findings[0].startswith("it names os.system, which no model needs")
    assert not (tmp_path / "marker").exists()


def test_a_package_that_the_runtime_has_not_is_the_operator_s_to_add(inspect):
    (finding,) = inspect(naming("nobody_has_it", "Model")).findings
    assert "needs the package nobody_has_it, which the runtime sklearn-1.9 lacks" in finding


def test_what_a_notebook_defined_is_told_to_move(inspect):
    (finding,) = inspect(naming("__main__", "Clip")).findings
    assert "the script or notebook that trained the model defined it" in finding


def test_a_version_without_a_runtime_is_a_finding(inspect):
    result = inspect(models.of_another_version("99.1.2"))
    assert (result.status, result.runtime) == (Status.QUARANTINED, None)
    assert result.sklearn_version == "99.1.2"
    assert "there is no runtime for it" in result.findings[0]


def test_a_version_older_than_every_runtime_is_not_approved_without_a_proof(inspect):
    result = inspect(models.of_another_version("0.1.2"))
    assert (result.status, result.sklearn_version) == (Status.QUARANTINED, "0.1.2")
    assert "older than every runtime" in result.findings[0]
    assert len(result.findings) > 1


def test_the_versions_that_the_metadata_declares_choose_the_runtime_of_a_silent_file(inspect):
    content = naming("nobody_has_it", "Model")
    declared = {"library_versions": {"scikit-learn": "99.1.2"}}
    assert "there is no runtime for it" in inspect(content, declared).findings[0]
    assert inspect(content, {"library_versions": ["scikit-learn"]}).runtime == DEFAULT_RUNTIME


def test_a_runtime_that_is_not_installed_is_a_finding(tmp_path):
    with ModelProcesses(RuntimeStore(tmp_path)) as processes, Inspector(processes) as inspector:
        result = inspector.inspect(dumped(models.pipeline()), InspectionConditions())
        assert result.status is Status.QUARANTINED
        assert "the runtime sklearn-1.9 is not part of this deployment" in result.findings[0]


def test_a_model_of_more_columns_than_a_table_has_is_not_asked(inspect):
    model = LogisticRegression().fit(AGES, SURVIVED)
    model.feature_names_in_ = np.array([f"column_{n}" for n in range(100_000)], dtype=object)
    del model.n_features_in_
    (finding,) = inspect(dumped(model)).findings
    assert finding.startswith("the model takes 100,000 columns")


@pytest.fixture(scope="module")
def strict(processes):
    with (
        ModelProcesses(processes.store, is_strict=True) as walled,
        Inspector(walled) as inspector,
    ):
        yield lambda content, names=(): inspector.inspect(
            content, InspectionConditions(is_strict=True, allowed_names=names)
        )


def test_under_the_policy_strict_an_honest_model_is_approved(strict):
    result = strict(dumped(models.pipeline()))
    assert (result.status, result.findings) == (Status.APPROVED, ())


def test_under_the_policy_strict_a_name_outside_of_the_table_is_a_finding(strict):
    content = naming("nobody_has_it", "Model")
    assert "nobody_has_it.Model" in strict(content).findings[0]
    assert "MLSYS_ALLOWED_PICKLE_NAMES" in strict(content).findings[0]


def test_under_the_policy_strict_what_was_loaded_is_validated(strict):
    # Only the loader's validation sees it.
    content = attacks("marker")["a tree whose feature is 7"]
    assert "asks for a feature it has not" in strict(content).findings[0]


def test_the_policy_strict_knows_one_runtime(processes):
    older = Runtime(DEFAULT_RUNTIME, "3.12", HERE.versions)
    store = FakeStore(older, processes)
    with ModelProcesses(store, is_strict=True) as walled, Inspector(walled) as inspector:
        content, conditions = dumped(models.pipeline()), InspectionConditions(is_strict=True)
        (finding,) = inspector.inspect(content, conditions).findings
        assert "the policy strict knows the names of scikit-learn 1.9 on Python 3.13" in finding
        with pytest.raises(FailedPrecondition, match="the policy strict knows"):
            inspector.open(content, conditions)


class FakeStore:
    """A store of one runtime, which is installed where the real one is."""

    def __init__(self, runtime, processes):
        self.catalog = (runtime,)
        self.interpreter = processes.store.interpreter


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A runtime with a module of an operator's own."""
    runtime = OwnRuntime(tmp_path_factory.mktemp("own") / "runtime")
    (runtime.modules / "own_models.py").write_text(
        "class Double:\n"
        "    n_features_in_ = 1\n"
        "    def predict(self, rows):\n"
        "        return [2 * each[0] for each in rows]\n"
    )
    return runtime


def test_code_of_an_operator_s_own_is_loaded_where_the_runtime_has_it(own):
    content = naming("own_models", "Double")
    with ModelProcesses(own) as processes, Inspector(processes) as inspector:
        result = inspector.inspect(content, InspectionConditions(metadata={"features": ["x"]}))
    assert (result.status, result.findings) == (Status.APPROVED, ())
    assert result.estimator == "own_models.Double"


def test_under_the_policy_strict_code_of_an_operator_s_own_has_to_be_named(own):
    content = naming("own_models", "Double")
    with ModelProcesses(own, is_strict=True) as walled, Inspector(walled) as inspector:

        def inspect(*names):
            conditions = InspectionConditions(
                is_strict=True, allowed_names=names, metadata={"features": ["x"]}
            )
            return inspector.inspect(content, conditions)

        assert "own_models.Double" in inspect().findings[0]
        assert "own_models.Double" in inspect("own_models:Doubles").findings[0]
        result = inspect("own_models:Double")
        assert (result.status, result.findings) == (Status.APPROVED, ())


class CountingProcesses:
    """Real processes, and how many sessions were opened; the first of them raise `errors`."""

    needs_wall = True

    def __init__(self, processes, *errors):
        self.store, self._processes, self._errors = processes.store, processes, list(errors)
        self.opened = []

    def open(self, *arguments, **options):
        self.opened.append("a runtime")
        if self._errors:
            raise self._errors.pop(0)
        return self._processes.open(*arguments, **options)

    def open_here(self, *arguments, **options):
        self.opened.append("here")
        return self._processes.open_here(*arguments, **options)


@pytest.fixture
def counting(processes):
    return CountingProcesses(processes)


def test_an_approved_result_is_cached_by_the_file_and_the_conditions(counting):
    content = dumped(models.on_array())
    with Inspector(counting) as inspector:
        results = [inspector.inspect(content, InspectionConditions()) for _ in range(3)]
        assert len(counting.opened) == 1
        assert results[1:] == results[:2]
        inspector.inspect(dumped(models.regression()), InspectionConditions())
        inspector.inspect(content, InspectionConditions(metadata={"features": ["age"]}))
        assert len(counting.opened) == 3


def test_a_quarantined_model_is_inspected_again(counting):
    content = dumped(models.raising())
    with Inspector(counting) as inspector:
        for _ in range(2):
            assert not inspector.inspect(content, InspectionConditions()).may_predict
        assert len(counting.opened) == 2


def test_an_author_s_model_is_inspected_in_its_author_s_own_environment(counting):
    with Inspector(counting, is_author=True) as inspector:
        assert inspector.inspect(dumped(models.pipeline()), InspectionConditions()).may_predict
    assert counting.opened == ["here"]


def test_a_failure_of_the_machine_is_no_finding_about_a_model(processes):
    missing = FailedPrecondition("no model is loaded here", reason="WALL_MISSING")
    with (
        Inspector(CountingProcesses(processes, missing)) as inspector,
        pytest.raises(FailedPrecondition, match="no model is loaded here"),
    ):
        inspector.inspect(dumped(models.pipeline()), InspectionConditions())


def test_an_inspection_whose_process_was_ended_from_outside_is_repeated_once(processes):
    content, ended = dumped(models.pipeline()), Transient("the process has ended")
    with Inspector(CountingProcesses(processes, ended)) as inspector:
        assert inspector.inspect(content, InspectionConditions()).status is Status.APPROVED
    with (
        Inspector(CountingProcesses(processes, ended, ended)) as inspector,
        pytest.raises(Transient, match="the process has ended"),
    ):
        inspector.inspect(content, InspectionConditions())


def test_an_inspector_is_free_again_after_an_error(processes):
    ended = Transient("the process has ended")
    with Inspector(CountingProcesses(processes, ended, ended), workers=1) as inspector:
        with pytest.raises(Transient):
            inspector.inspect(dumped(models.pipeline()), InspectionConditions())
        assert inspector.inspect(dumped(models.pipeline()), InspectionConditions()).may_predict


def test_a_process_that_fails_is_a_finding_whatever_reason_it_gives(processes):
    failing = CountingProcesses(processes, ModelFailure("the model did it", reason="WALL_MISSING"))
    with Inspector(failing) as inspector:
        result = inspector.inspect(dumped(models.pipeline()), InspectionConditions())
    assert (result.status, result.findings) == (Status.QUARANTINED, ("the model did it",))


def test_a_model_that_passed_is_described_without_another_question(inspector):
    described = inspector.describe(dumped(models.pipeline()), InspectionConditions())
    assert described.features == ("age", "sex")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a pickle", "the file cannot be loaded"),
        (naming("nobody_has_it", "Model"), "needs the package nobody_has_it"),
        (naming("os", "system"), "it names os.system"),
        (models.of_another_version("99.1.2"), "there is no runtime for it"),
    ],
)
def test_a_model_that_is_not_loaded_is_not_described(inspector, content, words):
    with pytest.raises(FailedPrecondition, match=words):
        inspector.describe(content, InspectionConditions())


def test_a_file_waits_until_the_others_leave_memory_for_it(inspector):
    admitted = threading.Event()

    def admit():
        with inspector.admit(LIMITS.upload_bytes):
            admitted.set()

    thread = threading.Thread(target=admit)
    with inspector.admit(1):
        thread.start()
        assert not admitted.wait(0.02)
    assert admitted.wait(10)
    thread.join()


def test_threads_share_an_inspector(processes):
    results = []
    with Inspector(processes, workers=2) as inspector:

        def inspect(number):
            model = LogisticRegression(C=number + 1.0).fit(AGES, SURVIVED)
            results.append(inspector.inspect(dumped(model), InspectionConditions()))

        threads = [threading.Thread(target=inspect, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [result.status for result in results] == [Status.APPROVED] * 8


def test_an_inspection_that_fails_by_an_error_of_ours_quarantines(inspect, monkeypatch, caplog):
    def fail(*_):
        raise RecursionError

    monkeypatch.setattr("jobs.sandbox.loaded_inspection.consistency_findings", fail)
    result = inspect(dumped(models.pipeline()), {"target": "x"})
    assert result.status is Status.QUARANTINED
    assert "its inspection failed, by RecursionError" in result.findings[0]
    assert "an inspection has failed" in caplog.text
