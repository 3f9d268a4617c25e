"""What DuckDB's httpfs asks for when it reads `gs://`: objects by path, and lists in S3's XML.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from functools import partial
from urllib.parse import quote
from xml.etree import ElementTree

from flask import Blueprint, Response, request

from local.storage.catalog import StoredObject
from local.storage.downloads import media
from local.storage.listing import ListQuery, Page, page, page_limit
from local.storage.store import store

s3_listing = Blueprint("s3_listing", __name__)

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@s3_listing.get("/<name:bucket>/<rest:name>")
def get(bucket: str, name: str) -> Response:
    """The bytes of an object."""
    return media(bucket, name)


@s3_listing.get("/<name:bucket>/")
def list_objects(bucket: str) -> Response:
    """The objects of a bucket."""
    catalog = store().catalog
    catalog.bucket(bucket)
    query = ListQuery(
        prefix=request.args.get("prefix", ""),
        delimiter=request.args.get("delimiter", ""),
        limit=page_limit(request.args.get("max-keys")),
        token=request.args.get("continuation-token", ""),
    )
    found = page(query, partial(catalog.objects, bucket, end=query.end, noncurrent=False))
    return Response(_document(bucket, query, found), mimetype="application/xml")


def _document(bucket: str, query: ListQuery, found: Page) -> bytes:
    root = ElementTree.Element("ListBucketResult", xmlns=_NAMESPACE)
    _add(root, "Name", bucket)
    _add(root, "Prefix", query.prefix)
    _add(root, "KeyCount", str(len(found.items) + len(found.prefixes)))
    _add(root, "IsTruncated", "true" if found.next_token else "false")
    if found.next_token:
        _add(root, "NextContinuationToken", found.next_token)
    for item in found.items:
        _add_object(root, item)
    for prefix in found.prefixes:
        _add(ElementTree.SubElement(root, "CommonPrefixes"), "Prefix", _encoded(prefix))
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_object(root: ElementTree.Element, item: StoredObject) -> None:
    contents = ElementTree.SubElement(root, "Contents")
    _add(contents, "Key", _encoded(item.name))
    _add(contents, "LastModified", item.resource["updated"])
    _add(contents, "ETag", f'"{item.resource["etag"]}"')
    _add(contents, "Size", item.resource["size"])
    _add(contents, "StorageClass", item.resource["storageClass"])


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _encoded(name: str) -> str:
    """The name as the query's `encoding-type` wants it; XML cannot hold every character."""
    return quote(name) if request.args.get("encoding-type") == "url" else name
