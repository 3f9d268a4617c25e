"""The list of executions: newest first, filtered, in pages."""

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any

from gateway.executions.cloud_run import CloudRun, argument_of, resource_id
from gateway.executions.status import State, state_of
from gateway.http.parameters import require_known_parameters
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.request.parameters import timestamp

if TYPE_CHECKING:
    from google.cloud import run_v2

_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

type _Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some executions of a list, and the token of the next page; "" on the last page."""

    executions: "tuple[run_v2.Execution, ...]"
    next_page_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQuery:
    """Filters of executions, and the page to return.

    Attributes:
        job: id of the Cloud Run Job, "" for any.
        model: `titanic-survival`, or with its version as the request named it:
            `titanic-survival/v1`; "" for any.
        since: only those that were created then or later.
        after: the key of the last execution on the page before.
    """

    job: str = ""
    state: State | None = None
    model: str = ""
    since: datetime | None = None
    page_size: int = _PAGE_SIZE
    after: _Key | None = None

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> "ExecutionQuery":
        """The query in a query string's parameters.

        Raises:
            InvalidArgument: when a parameter is unknown or cannot be read.
        """
        require_known_parameters(raw, {"job", "state", "model", "since", "page_size", "page_token"})
        given = {name: str(value) for name, value in raw.items() if value not in (None, "")}
        return cls(
            job=given.get("job", ""),
            state=_parse(given, "state", lambda text: State(text.upper()), ", ".join(State)),
            model=given.get("model", ""),
            since=_parse(
                given, "since", timestamp, "a time with its zone, e.g. 2026-01-31T09:00:00Z"
            ),
            page_size=_parse(
                given, "page_size", _parse_page_size, f"a number from 1 to {MAX_PAGE_SIZE}"
            )
            or _PAGE_SIZE,
            after=_parse(
                given, "page_token", _parse_page_token, "the next_page_token of another answer"
            ),
        )

    def page(self, clients: Clients) -> Page:
        """The executions that match, of both jobs.

        Raises:
            Transient: when Cloud Run is not available.
        """
        found: list[run_v2.Execution] = []
        for execution in filter(self._matches, self._after(_newest_first(clients))):
            if len(found) == self.page_size:
                return Page(tuple(found), _page_token(_key(found[-1])))
            found.append(execution)
        return Page(tuple(found), "")

    def _after(self, executions: "Iterable[run_v2.Execution]") -> "Iterator[run_v2.Execution]":
        after, since = self.after, self.since
        rest = dropwhile(lambda each: after is not None and _key(each) >= after, executions)
        return takewhile(lambda each: since is None or each.create_time >= since, rest)

    def _matches(self, execution: "run_v2.Execution") -> bool:
        name = argument_of(execution, "--model_name=")
        models = {name, f"{name}/{argument_of(execution, '--model_version=')}"}
        return (
            self.job in {"", resource_id(execution.job)}
            and self.state in {None, state_of(execution)}
            and (not self.model or self.model in models)
        )


def _newest_first(clients: Clients) -> "Iterator[run_v2.Execution]":
    # Cloud Run lists the newest of a job first, and keeps the last 1,000.
    jobs = (clients.settings.predict_job, clients.settings.registry_job)
    executions = (CloudRun(clients).executions(job) for job in jobs)
    return heapq.merge(*executions, key=_key, reverse=True)


def _key(execution: "run_v2.Execution") -> _Key:
    return execution.create_time.isoformat(timespec="microseconds"), resource_id(execution.name)


def _page_token(key: _Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _parse_page_token(token: str) -> _Key:
    created, name = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    return datetime.fromisoformat(created).isoformat(timespec="microseconds"), str(name)


def _parse_page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_PAGE_SIZE):
        raise ValueError
    return int(text)


def _parse[T](
    given: Mapping[str, str], name: str, parser: Callable[[str], T], rule: str
) -> T | None:
    if name not in given:
        return None
    try:
        return parser(given[name])
    except (ValueError, TypeError, binascii.Error, InvalidArgument):
        raise InvalidArgument(
            f"{name} is {given[name]!r}: use {rule}", reason="INVALID_PARAMETERS", parameter=name
        ) from None
