"""The WSGI application of the stand-in."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from local.faults import Faults
from local.storage.batch import batch
from local.storage.buckets import buckets
from local.storage.copies import copies
from local.storage.downloads import downloads
from local.storage.errors import StorageError
from local.storage.names import NameConverter, RestConverter, UndecodedPath
from local.storage.objects import objects
from local.storage.resumable import resumable
from local.storage.s3_listing import s3_listing
from local.storage.store import EXTENSION, Store
from local.storage.uploads import uploads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_JSON_API = "/storage/v1"


def create_app(folder: Path, root: str) -> "WSGIApplication":
    """The stand-in over the data in a folder, reachable at a root URL that ends with a slash."""
    app = Flask("local.storage", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # only of the default provider
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"name": NameConverter, "rest": RestConverter}
    app.extensions[EXTENSION] = Store(folder, root)
    app.register_error_handler(StorageError, _refusal)
    app.register_error_handler(HTTPException, _http_refusal)
    app.add_url_rule("/", view_func=_health)
    _register_routes(app)
    app.wsgi_app = UndecodedPath(app.wsgi_app)  # type: ignore[method-assign]
    return Faults(app)


def _register_routes(app: Flask) -> None:
    for routes in (buckets, objects, copies):
        app.register_blueprint(routes, url_prefix=_JSON_API)
    app.register_blueprint(downloads, url_prefix=f"/download{_JSON_API}")
    for routes in (uploads, resumable):
        app.register_blueprint(routes, url_prefix=f"/upload{_JSON_API}")
        gcloud_prefix = f"/resumable/upload{_JSON_API}"
        app.register_blueprint(routes, url_prefix=gcloud_prefix, name=f"gcloud_{routes.name}")
    app.register_blueprint(batch)
    app.register_blueprint(s3_listing)


def _health() -> str:
    return "OK\n"


def _refusal(error: StorageError) -> ResponseReturnValue:
    return error.body, error.status


def _http_refusal(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses, in the shape of everything else that is refused."""
    refusal = StorageError(error.description or error.name)
    refusal.status = error.code or 500
    return refusal.body, refusal.status
