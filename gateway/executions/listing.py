"""What was launched, newest first, a page at a time."""

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any

from gateway.executions.cloud_run import CloudRun, argument_of, short
from gateway.executions.status import State, state_of
from gateway.http.parameters import require_only
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.request.parameters import moment

if TYPE_CHECKING:
    from google.cloud import run_v2

_PAGE_SIZE = 50
MOST = 200

type _Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and the token that asks for what follows; "" at the end."""

    executions: "tuple[run_v2.Execution, ...]"
    next_page_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which executions somebody wants to see.

    Attributes:
        job: name of the Cloud Run Job, "" for any.
        model: `titanic-survival`, or with its version as the request named it:
            `titanic-survival/v1`; "" for any.
        since: only those that were created then or later.
        after: the last one of the page before.
    """

    job: str = ""
    state: State | None = None
    model: str = ""
    since: datetime | None = None
    page_size: int = _PAGE_SIZE
    after: _Key | None = None

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> "Listing":
        """The list that a query string asks for.

        Raises:
            InvalidArgument: when a parameter is unknown or cannot be read.
        """
        require_only(raw, {"job", "state", "model", "since", "page_size", "page_token"})
        given = {name: str(value) for name, value in raw.items() if value not in (None, "")}
        return cls(
            job=given.get("job", ""),
            state=_read(given, "state", lambda text: State(text.upper()), ", ".join(State)),
            model=given.get("model", ""),
            since=_read(given, "since", moment, "a time with its zone, e.g. 2026-01-31T09:00:00Z"),
            page_size=_read(given, "page_size", _size, f"a number from 1 to {MOST}") or _PAGE_SIZE,
            after=_read(given, "page_token", _key_of, "the next_page_token of another answer"),
        )

    def page(self, clients: Clients) -> Page:
        """The page of this list.

        Raises:
            Transient: when Cloud Run is away.
        """
        found: list[run_v2.Execution] = []
        for execution in filter(self._is_wanted, self._after(_newest_first(clients))):
            if len(found) == self.page_size:
                return Page(tuple(found), _token(_key(found[-1])))
            found.append(execution)
        return Page(tuple(found), "")

    def _after(self, executions: "Iterable[run_v2.Execution]") -> "Iterator[run_v2.Execution]":
        after, since = self.after, self.since
        rest = dropwhile(lambda each: after is not None and _key(each) >= after, executions)
        return takewhile(lambda each: since is None or each.create_time >= since, rest)

    def _is_wanted(self, execution: "run_v2.Execution") -> bool:
        name = argument_of(execution, "--model_name=")
        models = {name, f"{name}/{argument_of(execution, '--model_version=')}"}
        return (
            self.job in {"", short(execution.job)}
            and self.state in {None, state_of(execution)}
            and (not self.model or self.model in models)
        )


def _newest_first(clients: Clients) -> "Iterator[run_v2.Execution]":
    # Cloud Run tells the newest of a job first, and forgets all but the last 1,000.
    jobs = (clients.settings.predict_job, clients.settings.registry_job)
    told = (CloudRun(clients).executions(job) for job in jobs)
    return heapq.merge(*told, key=_key, reverse=True)


def _key(execution: "run_v2.Execution") -> _Key:
    return execution.create_time.isoformat(timespec="microseconds"), short(execution.name)


def _token(key: _Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _key_of(token: str) -> _Key:
    created, name = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    return datetime.fromisoformat(created).isoformat(timespec="microseconds"), str(name)


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise ValueError
    return int(text)


def _read[T](given: Mapping[str, str], name: str, read: Callable[[str], T], rule: str) -> T | None:
    if name not in given:
        return None
    try:
        return read(given[name])
    except (ValueError, TypeError, binascii.Error, InvalidArgument):
        raise InvalidArgument(
            f"{name} is {given[name]!r}: use {rule}", reason="INVALID_PARAMETERS", parameter=name
        ) from None
