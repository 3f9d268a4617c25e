"""The JSON shapes of buckets and objects; pure.

https://cloud.google.com/storage/docs/json_api/v1/objects#resource
https://cloud.google.com/storage/docs/json_api/v1/buckets#resource
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

type Resource = dict[str, Any]

# What a client may set on an object; everything else is the service's.
WRITABLE_FIELDS = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "customTime",
    "eventBasedHold",
    "metadata",
    "storageClass",
    "temporaryHold",
)
_FIXED_BUCKET_FIELDS = frozenset(
    {"kind", "id", "name", "metageneration", "etag", "timeCreated", "updated", "projectNumber"}
)


@dataclass(frozen=True)
class Content:
    """The bytes of an object: the file that holds them, their number and their checksums."""

    file: str
    size: int
    crc32c: str
    md5_hash: str | None  # composed objects have none
    component_count: int | None = None


def content_of(resource: Resource, file: str) -> Content:
    """The content of an object that lies in another file too."""
    components = resource.get("componentCount")
    size = int(resource["size"])
    return Content(file, size, resource["crc32c"], resource.get("md5Hash"), components)


def timestamp(microseconds: int) -> str:
    """A time since the epoch as Cloud Storage writes it, in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(microseconds / 1e6, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def merged(resource: Resource, patch: Resource) -> Resource:
    """The resource after a JSON merge patch (RFC 7396): null removes, objects merge."""
    changes = {
        key: merged(resource.get(key) or {}, value) if isinstance(value, dict) else value
        for key, value in patch.items()
    }
    return {key: value for key, value in (resource | changes).items() if value is not None}


def writable(resource: Resource) -> Resource:
    """The part of an object's resource that is the client's to choose."""
    return {key: resource[key] for key in WRITABLE_FIELDS if resource.get(key) is not None}


def etag(generation: int, metageneration: int) -> str:
    """A tag that differs between any two versions of an object's content or metadata."""
    return base64.b64encode(f"{generation}/{metageneration}".encode()).decode()


def new_object(
    bucket: str, name: str, generation: int, metadata: Resource, content: Content
) -> Resource:
    """A new generation; generations are the microseconds of their birth."""
    born = timestamp(generation)
    checksums = {
        "md5Hash": content.md5_hash,
        "crc32c": content.crc32c,
        "componentCount": content.component_count,
    }
    return {
        "kind": "storage#object",
        "id": f"{bucket}/{name}/{generation}",
        "name": name,
        "bucket": bucket,
        "generation": str(generation),
        "metageneration": "1",
        "contentType": "application/octet-stream",
        "storageClass": "STANDARD",
        "size": str(content.size),
        **{key: value for key, value in checksums.items() if value is not None},
        "etag": etag(generation, 1),
        "timeCreated": born,
        "updated": born,
        "timeStorageClassUpdated": born,
        "timeFinalized": born,
        **writable(metadata),
    }


def patched_object(resource: Resource, patch: Resource) -> Resource:
    """The object with the metadata changed that the patch names, as by `objects.patch`."""
    return merged(resource, {key: patch[key] for key in WRITABLE_FIELDS if key in patch})


def updated_object(resource: Resource, update: Resource) -> Resource:
    """The object with all metadata replaced, as by `objects.update`."""
    lost = set(WRITABLE_FIELDS) - {"contentType", "storageClass"}
    return {key: resource[key] for key in resource.keys() - lost} | writable(update)


def revised_object(resource: Resource, now: int) -> Resource:
    """The object with changed metadata as its next metageneration."""
    metageneration = int(resource["metageneration"]) + 1
    return resource | {
        "metageneration": str(metageneration),
        "etag": etag(int(resource["generation"]), metageneration),
        "updated": timestamp(now),
    }


def noncurrent_object(resource: Resource, now: int) -> Resource:
    """The object after it stopped to be the live generation."""
    return resource | {"timeDeleted": timestamp(now)}


def linked_object(resource: Resource, root: str) -> Resource:
    """The object with the addresses under which a service at `root` serves it."""
    path = f"storage/v1/b/{resource['bucket']}/o/{quote(resource['name'], safe='')}"
    version = f"generation={resource['generation']}&alt=media"
    links = {"selfLink": f"{root}{path}", "mediaLink": f"{root}download/{path}?{version}"}
    return resource | links


def linked_bucket(resource: Resource, root: str) -> Resource:
    """The bucket with the address under which a service at `root` serves it."""
    return resource | {"selfLink": f"{root}storage/v1/b/{resource['name']}"}


def new_bucket(settings: Resource, now: int) -> Resource:
    """A bucket with the settings it was asked for, kept as given."""
    defaults = {
        "storageClass": "STANDARD",
        "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}},
        "locationType": "region" if "-" in settings.get("location", "") else "multi-region",
    }
    chosen = {key: value for key, value in settings.items() if value is not None}
    return {
        **defaults,
        **chosen,
        "kind": "storage#bucket",
        "id": settings["name"],
        "location": settings.get("location", "US").upper(),
        "projectNumber": "1",
        "metageneration": "1",
        "etag": etag(now, 1),
        "timeCreated": timestamp(now),
        "updated": timestamp(now),
    }


def patched_bucket(resource: Resource, patch: Resource, now: int) -> Resource:
    """The bucket with some of its settings changed."""
    metageneration = int(resource["metageneration"]) + 1
    chosen = {key: value for key, value in patch.items() if key not in _FIXED_BUCKET_FIELDS}
    return merged(resource, chosen) | {
        "metageneration": str(metageneration),
        "etag": etag(now, metageneration),
        "updated": timestamp(now),
    }


def keeps_noncurrent(bucket: Resource) -> bool:
    """Whether a replaced or deleted object stays readable by its generation."""
    return bool(bucket.get("versioning", {}).get("enabled"))
