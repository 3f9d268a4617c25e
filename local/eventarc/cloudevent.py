"""Events as HTTP requests in the binary mode of CloudEvents; pure.

https://cloud.google.com/eventarc/docs/cloudevents-json
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

import json
import string
from urllib.parse import quote

from local.eventarc.outbox import Event
from local.storage.resources import timestamp

# What the specification lets stand in a header; everything else is percent-encoded.
_PRINTABLE = "".join(set(string.printable) - set(string.whitespace) - set('"%'))


def headers(event: Event) -> dict[str, str]:
    """The attributes of an event."""
    return {
        "ce-id": str(event.id),
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "ce-specversion": "1.0",
        "ce-type": event.type,
        "ce-subject": quote(f"objects/{_object_name(event)}", safe=_PRINTABLE),
        "ce-time": timestamp(event.id),
        "ce-bucket": event.bucket,
        "ce-datacontenttype": "application/json",
        "content-type": "application/json",
    }


def body(event: Event) -> bytes:
    """The data of an event: the object's resource."""
    return event.object.encode()


def _object_name(event: Event) -> str:
    name: str = json.loads(event.object)["name"]
    return name
