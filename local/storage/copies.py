"""Routes that make objects out of objects: copy, rewrite, move, compose."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint

from local.storage import incoming
from local.storage.catalog import StoredObject
from local.storage.changes import Draft
from local.storage.errors import InvalidError
from local.storage.files import CHUNK_BYTES
from local.storage.names import valid_object_name
from local.storage.preconditions import Preconditions
from local.storage.resources import Resource, content_of, writable
from local.storage.store import store

copies = Blueprint("copies", __name__)

_TARGET = "b/<name:target_bucket>/o/<name:target>"
_MAX_COMPONENTS = 32


@copies.post(f"/b/<name:bucket>/o/<name:name>/copyTo/{_TARGET}")
def copy(bucket: str, name: str, target_bucket: str, target: str) -> Resource:
    """`objects.copy`."""
    return _copy(bucket, name, target_bucket, target)


@copies.post(f"/b/<name:bucket>/o/<name:name>/rewriteTo/{_TARGET}")
def rewrite(bucket: str, name: str, target_bucket: str, target: str) -> Resource:
    """`objects.rewrite`, done at once: the copy shares the bytes on disk."""
    created = _copy(bucket, name, target_bucket, target)
    return {
        "kind": "storage#rewriteResponse",
        "totalBytesRewritten": created["size"],
        "objectSize": created["size"],
        "done": True,
        "resource": created,
    }


@copies.post("/b/<name:bucket>/o/<name:name>/moveTo/o/<name:target>")
def move(bucket: str, name: str, target: str) -> Resource:
    """`objects.move`: the copy and the end of its source in one transaction."""
    return _copy(bucket, name, bucket, target, moving=True)


@copies.post("/b/<name:bucket>/o/<name:target>/compose")
def compose(bucket: str, target: str) -> Resource:
    """`objects.compose`: the bytes of up to 32 objects, one after the other."""
    request = incoming.json_body()
    sources = _components(bucket, request.get("sourceObjects", []))
    metadata = {"contentType": sources[0].resource["contentType"]}
    metadata |= writable(request.get("destination") or {})
    draft = Draft(bucket, valid_object_name(target), metadata, incoming.preconditions())
    count = sum(int(source.resource.get("componentCount", 1)) for source in sources)
    with store().files.new() as file:
        content = store().files.write(file, _chunks(bucket, sources))
        content = replace(content, md5_hash=None, component_count=count)
        with store().changes() as changes:
            created = changes.create_object(draft, content)
    return store().linked_object(created)


def _copy(
    bucket: str, name: str, target_bucket: str, target: str, *, moving: bool = False
) -> Resource:
    override = writable(incoming.json_body())
    source_conditions = incoming.preconditions("ifSource")
    source_generation = incoming.generation("sourceGeneration")
    with store().files.new() as file, store().changes() as changes:
        source = changes.found(bucket, name, source_generation)
        source_conditions.check(source.resource)
        metadata = writable(source.resource) | override
        draft = Draft(target_bucket, valid_object_name(target), metadata, incoming.preconditions())
        store().files.link(source.file, file)
        created = changes.create_object(draft, content_of(source.resource, file))
        if moving:
            changes.delete_object(source, permanently=False)
    return store().linked_object(created)


def _components(bucket: str, references: list[Resource]) -> list[StoredObject]:
    if not 1 <= len(references) <= _MAX_COMPONENTS:
        raise InvalidError(f"The number of source components must be 1 to {_MAX_COMPONENTS}.")
    return [_component(bucket, reference) for reference in references]


def _component(bucket: str, reference: Resource) -> StoredObject:
    generation = reference.get("generation")
    stored = store().catalog.found(
        bucket, reference.get("name", ""), int(generation) if generation else None
    )
    Preconditions.from_query(reference.get("objectPreconditions") or {}).check(stored.resource)
    return stored


def _chunks(bucket: str, sources: Iterable[StoredObject]) -> Iterator[bytes]:
    for source in sources:
        pinned = partial(store().catalog.found, bucket, source.name, source.generation)
        _, file = store().using_file(pinned, _opened)
        with file:
            yield from iter(partial(file.read, CHUNK_BYTES), b"")


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")
