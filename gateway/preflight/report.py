"""What is known of a prediction before it is launched, and every problem that prevents it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.http.errors import Problem, Refusal
from shared.errors import Permanent


@dataclass
class Report:
    """What a pre-flight found; a section that could not be looked at is missing."""

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def attempt[T](self, parameter: str, check: Callable[[], T]) -> T | None:
        """What a check returns; when it refuses, this is recorded as a problem of a parameter.

        Raises:
            Transient: when a service is away, so that nothing can be said.
        """
        try:
            return check()
        except Permanent as error:
            self.problems.append(Problem(parameter, error))
            return None

    def require_no_problem(self) -> None:
        """Refuse a request that has problems.

        Raises:
            Refusal: with every problem.
        """
        if self.problems:
            raise Refusal(self.problems)

    def to_json(self) -> dict[str, Any]:
        """The report for a caller."""
        return {"status": "ok", "message": "nothing was launched", "dry_run": True, **self.sections}
