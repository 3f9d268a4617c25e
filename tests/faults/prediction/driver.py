"""Runs the tasks of executions as processes of their own, each with a fault at one external call.

Reads a JSON line `{"tasks": [{"arguments", "environ", "faults", "streams"}, …]}`, runs those tasks
side by side and answers `[{"exit", "calls"}, …]`, with a negative exit for a signal. Everything is
imported before the first task is forked, so that a task costs no more than its work.

Faults are `{"n": "kill" | "lost" | "busy"}`: at its n-th external call the task is killed by
SIGKILL before the call, loses the answer after it, or is answered that the service is busy. A kill
after a call is a kill before the next one: between them nothing leaves the process.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback

import grpc
import requests
from google.cloud.bigquery_storage_v1 import BigQueryReadClient

import jobs.__main__
import jobs.predict


class Lost(grpc.RpcError):
    """What a gRPC client sees when a server goes away."""

    def code(self):
        return grpc.StatusCode.UNAVAILABLE

    def details(self):
        return "a fault that was asked for"

    def trailing_metadata(self):
        return ()

    def result(self, timeout=None):
        raise self


class Calls:
    """Counts the external calls of this process, and makes some of them fail."""

    def __init__(self, faults):
        self.names = []
        self._faults = faults
        self._lock = threading.Lock()

    def fault_of(self, name):
        """Count a call; the kind of fault that it shall meet, if any."""
        with self._lock:
            self.names.append(name)
            kind = self._faults.get(str(len(self.names)))
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return kind


def watch_rest(calls):
    send = requests.adapters.HTTPAdapter.send

    def watched(adapter, request, **options):
        kind = calls.fault_of(f"{request.method} {request.url.split('?')[0].split('/', 3)[3]}")
        if kind == "busy":
            return busy_answer(request)
        answer = send(adapter, request, **options)
        if kind == "lost":
            answer.close()
            raise requests.ConnectionError("a fault that was asked for")
        return answer

    requests.adapters.HTTPAdapter.send = watched


def busy_answer(request):
    answer = requests.Response()
    answer.status_code = 503
    answer.request, answer.url = request, request.url
    errors = [{"reason": "backendError", "message": "busy"}]
    answer._content = json.dumps({"error": {"message": "busy", "errors": errors}}).encode()
    answer.headers["content-type"] = "application/json"
    return answer


class Interceptor(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def __init__(self, calls):
        self._calls = calls

    def intercept_unary_unary(self, call, details, request):
        kind = self._calls.fault_of(details.method)
        if kind == "busy":
            raise Lost
        answer = call(details, request)
        if kind == "lost":
            answer.result()
            raise Lost
        return answer

    def intercept_unary_stream(self, call, details, request):
        if self._calls.fault_of(details.method):
            raise Lost
        return self._messages(call(details, request))

    def _messages(self, answers):
        for message in answers:
            if self._calls.fault_of("message"):
                raise Lost
            yield message


def watch_grpc(calls):
    open_channel = grpc.insecure_channel
    grpc.insecure_channel = lambda *given, **options: grpc.intercept_channel(
        open_channel(*given, **options), Interceptor(calls)
    )


def split_streams(wanted):
    """Let small tables have several streams, by the API's own means."""
    create = BigQueryReadClient.create_read_session

    def session_of_streams(client, *given, **options):
        session = create(client, *given, **options)
        streams = list(session.streams)
        while streams and len(streams) < wanted:
            parts = client.split_read_stream({"name": streams.pop(0).name, "fraction": 0.5})
            streams += [parts.primary_stream, parts.remainder_stream]
        session.streams = streams
        return session

    BigQueryReadClient.create_read_session = session_of_streams


def hurry():
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.02))


def run(task, report):
    """Be one task; never return."""
    calls = Calls(task["faults"])
    code = 99
    try:
        hurry()
        watch_rest(calls)
        watch_grpc(calls)
        split_streams(task["streams"])
        environ = dict(os.environ) | task["environ"]
        code = jobs.__main__.main(["predict", *task["arguments"]], environ)
    except Exception:  # noqa: BLE001  (whatever it is, the log tells)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os.write(report, json.dumps(calls.names).encode())
        os._exit(code)


def started(task):
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        run(task, writing)
    os.close(writing)
    return pid, reading


def ended(pid, reading):
    with os.fdopen(reading, "rb") as report:
        names = json.loads(report.read() or "[]")
    _, status = os.waitpid(pid, 0)
    return {"exit": os.waitstatus_to_exitcode(status), "calls": names}


def main():
    for line in sys.stdin:
        tasks = [started(task) for task in json.loads(line)["tasks"]]
        sys.stdout.write(json.dumps([ended(*task) for task in tasks]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
