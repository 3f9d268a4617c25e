"""Routes of objects that exist: their metadata, their copies, their end."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.storage import incoming
from local.storage.downloads import media
from local.storage.listing import ListQuery, page
from local.storage.resources import Resource, patched_object, updated_object
from local.storage.store import store

objects = Blueprint("objects", __name__)


@objects.get("/b/<name:bucket>/o")
def list_objects(bucket: str) -> Resource:
    """`objects.list`."""
    catalog = store().catalog
    catalog.bucket(bucket)
    query = ListQuery.from_query(request.args)
    found = page(
        query, partial(catalog.objects, bucket, end=query.end, noncurrent=query.noncurrent)
    )
    answer: Resource = {"kind": "storage#objects"}
    if found.items:
        answer["items"] = [store().linked_object(item.resource) for item in found.items]
    if found.prefixes:
        answer["prefixes"] = found.prefixes
    if found.next_token:
        answer["nextPageToken"] = found.next_token
    return answer


@objects.get("/b/<name:bucket>/o/<name:name>")
def get(bucket: str, name: str) -> ResponseReturnValue:
    """`objects.get`: the metadata, or with `alt=media` the bytes."""
    if request.args.get("alt") == "media":
        return media(bucket, name)
    stored = store().catalog.found(bucket, name, incoming.generation())
    incoming.preconditions().require_readable(stored.resource)
    return store().linked_object(stored.resource)


@objects.patch("/b/<name:bucket>/o/<name:name>")
def patch(bucket: str, name: str) -> Resource:
    """`objects.patch`: change what the body names."""
    return _revise(bucket, name, patched_object)


@objects.put("/b/<name:bucket>/o/<name:name>")
def update(bucket: str, name: str) -> Resource:
    """`objects.update`: replace all metadata."""
    return _revise(bucket, name, updated_object)


@objects.delete("/b/<name:bucket>/o/<name:name>")
def delete(bucket: str, name: str) -> ResponseReturnValue:
    """`objects.delete`; a generation that is named goes for good."""
    generation = incoming.generation()
    with store().changes() as changes:
        stored = changes.found(bucket, name, generation)
        incoming.preconditions().check(stored.resource)
        changes.delete_object(stored, permanently=generation is not None)
    return "", 204


def _revise(bucket: str, name: str, changed: Callable[[Resource, Resource], Resource]) -> Resource:
    body = incoming.json_body()
    with store().changes() as changes:
        stored = changes.found(bucket, name, incoming.generation())
        incoming.preconditions().check(stored.resource)
        revised = changes.revise_object(stored, changed(stored.resource, body))
    return store().linked_object(revised)
