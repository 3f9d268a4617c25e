"""What is known of a prediction before it is launched, and everything that stands in its way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.errors import Permanent


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stands in the way.

    Attributes:
        parameter: the one to change, e.g. "input_table".
    """

    parameter: str
    error: Permanent


class Refusal(Permanent):
    """Everything that stands in the way of a request, at once; the first problem speaks for it."""

    def __init__(self, problems: Sequence[Problem]):
        sentences = [problem.error.message for problem in problems]
        message = sentences[0]
        if len(sentences) > 1:
            listed = "; ".join(f"({n}) {each}" for n, each in enumerate(sentences, 1))
            message = f"{len(sentences)} problems: {listed}"
        super().__init__(message, reason=problems[0].error.code, **problems[0].error.subjects)
        self.problems = tuple(problems)


@dataclass
class Report:
    """What a pre-flight found; a section that could not be looked at is missing."""

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def attempt[T](self, parameter: str, check: Callable[[], T]) -> T | None:
        """What a check returns; when it refuses, that is noted as a problem of a parameter.

        Raises:
            Transient: when a service is away, so that nothing can be said.
        """
        try:
            return check()
        except Permanent as error:
            self.problems.append(Problem(parameter, error))
            return None

    def require_no_problem(self) -> None:
        """Refuse what cannot end well.

        Raises:
            Refusal: with every problem.
        """
        if self.problems:
            raise Refusal(self.problems)

    def to_json(self) -> dict[str, Any]:
        """The report for a caller."""
        return {"status": "ok", "message": "nothing was launched", "dry_run": True, **self.sections}
