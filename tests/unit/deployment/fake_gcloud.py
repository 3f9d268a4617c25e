"""A gcloud that keeps its cloud in the JSON file `FAKE_CLOUD`, and every call in its "calls"."""

import json
import os
import sys
from pathlib import Path

path = Path(os.environ["FAKE_CLOUD"])
cloud = json.loads(path.read_text())
arguments = [each for each in sys.argv[1:] if not each.startswith("--")]
flags = dict(each[2:].partition("=")[::2] for each in sys.argv[1:] if each.startswith("--"))
cloud["calls"].append(" ".join(sys.argv[1:]))


def update(subscription):
    subscription["ackDeadlineSeconds"] = int(flags["ack-deadline"])
    subscription["retryPolicy"] = {
        "minimumBackoff": flags["min-retry-delay"],
        "maximumBackoff": flags["max-retry-delay"],
    }
    subscription["deadLetterPolicy"] = {
        "deadLetterTopic": flags["dead-letter-topic"],
        "maxDeliveryAttempts": int(flags["max-delivery-attempts"]),
    }
    return subscription


match arguments:
    case ["eventarc", "triggers", "list"]:
        answer = cloud["triggers"]
    case ["pubsub", "subscriptions", "list"]:
        answer = list(cloud["subscriptions"].values())
    case ["pubsub", "subscriptions", "update", name]:
        answer = update(cloud["subscriptions"][name])
    case ["pubsub", _, "get-iam-policy", name]:
        answer = cloud["policies"].get(name, {})
    case ["projects", "describe", _]:
        answer = {"projectNumber": "123456789012"}
    case _:
        sys.exit(f"ERROR: (gcloud) Invalid choice: {arguments}")
path.write_text(json.dumps(cloud))
json.dump(answer, sys.stdout)
