"""Routes of buckets."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.storage import incoming
from local.storage.names import valid_bucket_name
from local.storage.resources import Resource
from local.storage.store import store

buckets = Blueprint("buckets", __name__)


@buckets.get("/b")
def list_buckets() -> Resource:
    """`buckets.list`, in one page."""
    prefix = request.args.get("prefix", "")
    found = [bucket for bucket in store().catalog.buckets() if bucket["name"].startswith(prefix)]
    return {"kind": "storage#buckets", "items": [store().linked_bucket(item) for item in found]}


@buckets.post("/b")
def insert() -> Resource:
    """`buckets.insert`."""
    settings = incoming.json_body()
    valid_bucket_name(settings.get("name"))
    with store().changes() as changes:
        bucket = changes.create_bucket(settings)
    return store().linked_bucket(bucket)


@buckets.get("/b/<name:name>")
def get(name: str) -> Resource:
    """`buckets.get`."""
    bucket = store().catalog.bucket(name)
    incoming.preconditions().require_readable(bucket)
    return store().linked_bucket(bucket)


@buckets.route("/b/<name:name>", methods=["PATCH", "PUT"])
def patch(name: str) -> Resource:
    """`buckets.patch`; `buckets.update` too, which keeps what it does not name."""
    settings = incoming.json_body()
    with store().changes() as changes:
        bucket = changes.bucket(name)
        incoming.preconditions().check(bucket)
        patched = changes.patch_bucket(bucket, settings)
    return store().linked_bucket(patched)


@buckets.delete("/b/<name:name>")
def delete(name: str) -> ResponseReturnValue:
    """`buckets.delete`."""
    with store().changes() as changes:
        incoming.preconditions().check(changes.bucket(name))
        changes.delete_bucket(name)
    return "", 204


@buckets.get("/b/<name:name>/storageLayout")
def storage_layout(name: str) -> Resource:
    """`buckets.getStorageLayout`, which `gcloud storage` asks before it walks a bucket."""
    bucket = store().catalog.bucket(name)
    layout = {field: bucket[field] for field in ("location", "locationType")}
    return {"kind": "storage#storageLayout", "bucket": name, **layout}


@buckets.get("/b/<name:name>/managedFolders")
def list_managed_folders(name: str) -> Resource:
    """`managedFolders.list`: there are none; `gcloud storage rm -r` asks before a bucket goes."""
    store().catalog.bucket(name)
    return {"kind": "storage#managedFolders"}
