"""The part of an inspection that needs the model's process: load → describe → ask → prove."""

from collections.abc import Sequence
from typing import Any

from jobs.models import findings
from jobs.models.consistency import consistency_findings
from jobs.models.description import ModelDescription
from jobs.models.example_rows import guesses
from jobs.models.golden_rows import GoldenRows, compare_answers
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.models.packages import missing_package
from jobs.models.signature import input_names, model_signature, require_supported_labels
from jobs.sandbox.model_session import ModelFailure, ModelSession
from jobs.sandbox.scanner import Scan
from runtimes.catalog import Runtime, minor_of
from shared.errors import Permanent
from shared.registry.model_version import Status


def load_finding(error: ModelFailure, scan: Scan, runtime: Runtime) -> str:
    """The finding about a file that its runtime could not load."""
    if error.reason == "PACKAGE_MISSING":
        package = error.message.rpartition(" ")[2]
        return missing_package(package, runtime.name, minor_of(runtime.name))
    return findings.load_finding(error.message, scan.packages)


class LoadedInspection:
    """The inspection of one model in the session that loads it."""

    def __init__(
        self,
        session: ModelSession,
        content: bytes,
        conditions: InspectionConditions,
        runtime: Runtime,
    ):
        self._session = session
        self._content = content
        self._conditions = conditions
        self._metadata = conditions.metadata
        self._runtime = runtime

    def result(self, scan: Scan, noted: Sequence[str], known: dict[str, Any]) -> InspectionResult:
        """The result for the model that this session loads.

        Args:
            scan: of its file.
            noted: findings of the choice of its runtime.
            known: what else is known of it; what the process says of it is added.

        Raises:
            ModelFailure: when the process fails after it has loaded the model.
        """
        try:
            model = self._session.load(
                self._content,
                strict=self._conditions.is_strict,
                allowed_names=self._conditions.allowed_names,
            )
        except ModelFailure as error:
            return quarantined(*noted, load_finding(error, scan, self._runtime), **known)
        known["estimator"] = model.estimator
        if sentence := findings.unusable(model):
            return quarantined(*noted, sentence, **known)
        known["signature"] = signature = model_signature(model, self._metadata)
        try:
            require_supported_labels(model)
            golden = GoldenRows.from_metadata(self._metadata)
        except Permanent as error:
            return quarantined(*noted, error.message, **known)
        further = (
            *consistency_findings(self._metadata, signature),
            *findings.features_finding(model, self._metadata),
        )
        problem = self._answer_problem(model, golden)
        if problem:
            release = findings.release_finding(problem, known.get("sklearn_version"), self._runtime)
            return quarantined(*noted, problem, *release, *further, **known)
        status, proof = self._proof(model, golden)
        return InspectionResult(status=status, findings=(*noted, *proof, *further), **known)

    def _answer_problem(self, model: ModelDescription, golden: GoldenRows | None) -> str | None:
        """Why the model answers no row as a model does; None when it has answered one."""
        signature = model_signature(model, self._metadata)
        batches = [golden.rows] if golden else guesses(model, signature, self._metadata)
        raised = None
        for batch in batches:
            names = input_names(model, self._metadata) or batch.schema.names
            if missing := findings.missing_golden_rows(names, batch.schema.names):
                return missing
            answer = self._session.check(batch.select(names))
            if not answer.is_fitted:
                return "the model was never fitted: call fit before you dump it"
            if answer.problem:
                return f"the model does not predict here as it should: {answer.problem}"
            if answer.raised is None:
                return None
            raised = raised or answer.raised
        if raised is None:
            return (
                "the model does not say how many columns it takes: list them in metadata.json as "
                '"features"'
            )
        return f"the model cannot predict a row of its own columns: {raised}"

    def _proof(
        self, model: ModelDescription, golden: GoldenRows | None
    ) -> tuple[Status, tuple[str, ...]]:
        if golden is None:
            return Status.APPROVED, ()
        names = input_names(model, self._metadata) or golden.rows.schema.names
        self._session.prepare(model.takes)
        compared = compare_answers(golden, self._session.predict(golden.rows.select(names)))
        if compared.is_exact:
            return Status.PROVED, ()
        if compared.is_rounding:
            return Status.APPROVED, (
                f"its answers differ from its author's by rounding: {compared.sentence}",
            )
        sentence = (
            f"the model answers otherwise than in its author's environment: {compared.sentence}; "
            f"the runtime {self._runtime.name} has {_versions(model)}"
        )
        return Status.QUARANTINED, (sentence,)


def _versions(model: ModelDescription) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(model.versions.items()))
