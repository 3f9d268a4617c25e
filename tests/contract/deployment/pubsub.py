"""As much of Eventarc's and Pub/Sub's REST APIs as `deployment.eventarc_delivery` asks for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from werkzeug.serving import make_server

from deployment.definitions import Definitions

PROJECT, NUMBER, REGION = "demo", "123456789012", "europe-west1"
AGENT = f"serviceAccount:service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"
TOPIC = f"projects/{PROJECT}/topics/mlsys-dead-letters-dev"


def _subscription(trigger: str) -> str:
    return f"projects/{PROJECT}/subscriptions/eventarc-{REGION}-{trigger}-sub-1"


def _as_eventarc_makes_it(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "topic": f"projects/{PROJECT}/topics/eventarc",
        "pushConfig": {
            "pushEndpoint": "https://mlsys-register-dev.run.app/?__GCP_CloudEventsMode=x"
        },
        "ackDeadlineSeconds": 10,
        "messageRetentionDuration": "86400s",
        "retryPolicy": {"minimumBackoff": "10s", "maximumBackoff": "600s"},
    }


@dataclass
class PubSub:
    """A project just after `terraform apply`: triggers, their subscriptions, grants."""

    triggers: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._grant(TOPIC, "roles/pubsub.publisher")
        for each in Definitions(PROJECT, REGION, "dev").triggers:
            trigger = f"mlsys-{each.name.lower()}-dev"
            name = self.triggers[trigger] = _subscription(trigger)
            self.subscriptions[name] = _as_eventarc_makes_it(name)
            self._grant(name, "roles/pubsub.subscriber")
        other = _subscription("somebody-elses")
        self.subscriptions[other] = _as_eventarc_makes_it(other)

    def _grant(self, name: str, role: str) -> None:
        self.policies[name] = {"bindings": [{"role": role, "members": [AGENT]}], "etag": "BwX="}

    def app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/v1/projects/<_>/locations/<location>/triggers", view_func=self._list)
        app.add_url_rule("/v1/projects/<_>/subscriptions", view_func=self._subscriptions)
        app.add_url_rule("/v1/<path:name>:getIamPolicy", view_func=self._policy)
        app.add_url_rule("/v1/<path:name>", view_func=self._update, methods=["PATCH"])
        app.add_url_rule("/v1/projects/<_>", view_func=self._project)
        return app

    def _list(self, _: str, location: str) -> dict[str, Any]:
        folder = f"projects/{PROJECT}/locations/{location}/triggers"
        listed = [
            {"name": f"{folder}/{name}", "transport": {"pubsub": {"subscription": subscription}}}
            for name, subscription in self.triggers.items()
        ]
        return {"triggers": listed if location == REGION else []}

    def _subscriptions(self, _: str) -> dict[str, Any]:
        return {"subscriptions": list(self.subscriptions.values())}

    def _policy(self, name: str) -> dict[str, Any]:
        return self.policies.get(name, {"etag": "ACAB"})

    def _project(self, _: str) -> dict[str, str]:
        return {"projectId": PROJECT, "projectNumber": NUMBER}

    def _update(self, name: str) -> dict[str, Any]:
        asked = request.get_json()
        self.updates.append((name, asked["updateMask"]))
        for each in asked["updateMask"].split(","):
            self.subscriptions[name][each] = asked["subscription"][each]
        return self.subscriptions[name]


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve it on the loopback; yields the URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
