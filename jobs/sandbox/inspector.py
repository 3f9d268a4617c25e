"""Inspects models: scan → choose a runtime → load → describe → ask → prove.

Each step can end the inspection with findings. What the model itself does happens behind the wall.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore, Condition
from typing import Any, Self

from jobs.models import findings
from jobs.models.description import ModelDescription
from jobs.models.file_formats import not_a_pickle
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.pickles.limits import LIMITS
from jobs.sandbox.loaded_inspection import LoadedInspection, load_finding
from jobs.sandbox.model_processes import INSPECTION_LIMITS, ModelProcesses
from jobs.sandbox.model_session import ModelFailure, ModelSession, SessionLimits
from jobs.sandbox.scanner import Scan, Scanner
from jobs.sandbox.strict_policy import strict_finding
from runtimes.catalog import DEFAULT_RUNTIME, Runtime
from runtimes.choice import Choice, choose
from shared.errors import FailedPrecondition, MlsysError, Transient
from shared.registry.model_version import Status

log = logging.getLogger(__name__)

_MAX_CACHED_RESULTS = 10_000


class Inspector:
    """Inspects as many models at a time as it has workers. Threads may share it."""

    def __init__(
        self, processes: ModelProcesses, *, workers: int = 1, is_author: bool = False
    ) -> None:
        """`is_author` inspects in this process's own environment instead of a runtime."""
        self._processes = processes
        self._is_author = is_author
        self._scanner = Scanner(needs_wall=processes.needs_wall)
        self._workers = BoundedSemaphore(workers)
        self._released = Condition()
        self._admitted_bytes = 0
        self._cache: dict[str, InspectionResult] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start the processes that most models need; do not wait until they are ready."""
        self._scanner.start()
        self._processes.warm(DEFAULT_RUNTIME)

    @contextmanager
    def admit(self, size_bytes: int) -> Iterator[None]:
        """Hold memory for a file inside the block; wait while the files of others take too much."""
        with self._released:
            self._released.wait_for(
                lambda: self._admitted_bytes + size_bytes <= LIMITS.upload_bytes
            )
            self._admitted_bytes += size_bytes
        try:
            yield
        finally:
            with self._released:
                self._admitted_bytes -= size_bytes
                self._released.notify_all()

    def inspect(self, content: bytes, conditions: InspectionConditions) -> InspectionResult:
        """The result for the bytes of a model.pkl; it comes in bounded time, whatever they are.

        Raises:
            Transient: when no process can be started.
            FailedPrecondition: when no wall can be built here.
        """
        message = conditions.to_json().encode()
        key = hashlib.sha256(message + b"\0" + hashlib.sha256(content).digest()).hexdigest()
        if result := self._cache.get(key):
            return result
        with self._workers:
            try:
                result = self._inspect(content, conditions)
            except Transient:  # a server that was ended from outside is replaced once
                result = self._inspect(content, conditions)
        self._keep(key, result)
        return result

    def _keep(self, key: str, result: InspectionResult) -> None:
        # The same bytes come again: in another event, under another name, in a reconcile scan.
        if len(self._cache) >= _MAX_CACHED_RESULTS:
            self._cache.clear()
        if result.may_predict:
            self._cache[key] = result

    def _inspect(self, content: bytes, conditions: InspectionConditions) -> InspectionResult:
        if sentence := not_a_pickle(content):
            return quarantined(sentence)
        scan = self._scanner.scan(
            content, is_strict=conditions.is_strict, allowed_names=conditions.allowed_names
        )
        chosen = self._choice(scan, conditions)
        known: dict[str, Any] = {
            "sklearn_version": chosen.version,
            "is_suspicious": bool(scan.alarming),
            "runtime": chosen.runtime.name if chosen.runtime else None,
        }
        refusals = tuple(_refusals(scan, chosen.runtime, conditions))
        if refusals or not chosen.runtime:
            return quarantined(*chosen.findings, *refusals, **known)
        try:
            with self._session(chosen.runtime, scan) as session:
                inspection = LoadedInspection(session, content, conditions, chosen.runtime)
                return _proved_if_needed(inspection.result(scan, chosen.findings, known), chosen)
        except FailedPrecondition as error:
            if not isinstance(error, ModelFailure) and error.reason != "RUNTIME_MISSING":
                raise
            return quarantined(*chosen.findings, error.message, **known)
        except (MlsysError, OSError):  # which say nothing of the model
            raise
        except Exception as error:
            # What a stranger wrote must not have events delivered for ever, nor end a scan of all.
            log.exception("an inspection has failed")
            cause = f"its inspection failed, by {type(error).__name__}"
            sentence = f"{cause}: its metadata.json may hold what nobody expects"
            return quarantined(*chosen.findings, sentence, **known)

    def describe(self, content: bytes, conditions: InspectionConditions) -> ModelDescription:
        """What a model is that has passed an inspection.

        Raises:
            FailedPrecondition: when it cannot be loaded now.
        """
        session, description = self.open(content, conditions)
        session.close()
        return description

    def open(
        self,
        content: bytes,
        conditions: InspectionConditions,
        limits: SessionLimits = INSPECTION_LIMITS,
    ) -> tuple[ModelSession, ModelDescription]:
        """A session with the model in a file, and what it is; the caller closes the session.

        Raises:
            FailedPrecondition: when it is not loaded, with the findings.
        """
        scan = self._scanner.scan(
            content, is_strict=conditions.is_strict, allowed_names=conditions.allowed_names
        )
        chosen = self._choice(scan, conditions)
        refusals = tuple(_refusals(scan, chosen.runtime, conditions))
        if refusals or chosen.runtime is None:
            raise FailedPrecondition("; ".join((*chosen.findings, *refusals)))
        session = self._session(chosen.runtime, scan, limits)
        try:
            description = session.load(
                content, strict=conditions.is_strict, allowed_names=conditions.allowed_names
            )
        except ModelFailure as error:
            session.close()
            sentence = load_finding(error, scan, chosen.runtime)
            raise FailedPrecondition(sentence, reason=error.reason) from error
        return session, description

    def _choice(self, scan: Scan, conditions: InspectionConditions) -> Choice:
        declared = conditions.metadata.get("library_versions")
        versions = declared if isinstance(declared, dict) else {}
        texts = {str(name): str(version) for name, version in versions.items()}
        return choose(scan.versions, texts, self._processes.store.catalog)

    def _session(
        self, runtime: Runtime, scan: Scan, limits: SessionLimits = INSPECTION_LIMITS
    ) -> ModelSession:
        if self._is_author:
            return self._processes.open_here(limits, libraries=scan.packages)
        return self._processes.open(runtime.name, limits, libraries=scan.packages)

    def close(self) -> None:
        """End the scanning process; the model processes are their owner's."""
        self._scanner.close()


def _proved_if_needed(result: InspectionResult, chosen: Choice) -> InspectionResult:
    if chosen.needs_proof and result.status is Status.APPROVED:
        return replace(result, status=Status.QUARANTINED)
    return result


def _refusals(
    scan: Scan, runtime: Runtime | None, conditions: InspectionConditions
) -> Iterable[str]:
    if conditions.is_strict and runtime and (finding := strict_finding(runtime)):
        yield finding
    if scan.alarming:
        yield findings.alarming_finding(scan.alarming)
    yield from scan.findings
