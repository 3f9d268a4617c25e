"""Cloud Storage for notebooks: reads and writes objects, and loads pickles safely.

The same lines work on Google Cloud and on the local cloud; see `mlsys/session.py`.
"""

import io
from typing import TYPE_CHECKING, Any

import joblib
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.api_core.exceptions import PreconditionFailed

from mlsys.session import session
from shared.clients import google_errors
from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]


def gcs_get(bucket: str, name: str) -> bytes:
    """The content of an object.

    Raises:
        NotFound: when the object does not exist.
        PermissionDenied, Transient: when Cloud Storage returns such an error.
    """
    with google_errors(f"reading gs://{bucket}/{name}"):
        try:
            return bytes(_blob(bucket, name).download_as_bytes())
        except GoogleNotFound as error:
            raise NotFound(
                f"gs://{bucket}/{name} does not exist: gcs_list_blobs({bucket!r}) lists what does",
                reason="OBJECT_NOT_FOUND",
            ) from error


def gcs_put(
    bucket: str,
    name: str,
    content: str | bytes,
    content_type: str | None = None,
    if_generation_match: int | None = None,
) -> int:
    """Write an object and return its new generation.

    Args:
        bucket: name of the bucket.
        name: name of the object.
        content: a str is encoded as UTF-8.
        content_type: default: text/plain for a str, else application/octet-stream.
        if_generation_match: write only if this is the current generation; 0: only if the object
            does not exist.

    Raises:
        Conflict: when the current generation is another one.
        NotFound, PermissionDenied, Transient: when Cloud Storage returns such an error.
    """
    kind = content_type or (
        "text/plain" if isinstance(content, str) else "application/octet-stream"
    )
    blob = _blob(bucket, name)
    with google_errors(f"writing gs://{bucket}/{name}"):
        try:
            blob.upload_from_string(
                content, content_type=kind, if_generation_match=if_generation_match
            )
        except PreconditionFailed as error:
            raise _generation_conflict(bucket, name, if_generation_match) from error
    return int(blob.generation)


def gcs_get_pickle(bucket: str, name: str, *, trusted: bool = False) -> Any:
    """Load the Python object in a joblib or pickle file.

    A pickle is a program. So a model is loaded into a process of its own, behind a wall that the
    kernel holds: see SECURITY.md. The object that you get asks it: `predict(frame)`. Plain values
    (numbers, texts, lists, dictionaries) are given as they are.

    Args:
        bucket: name of the bucket.
        name: name of the object.
        trusted: load it in this process without any check, which is safe only for files that you
            wrote yourself.

    Returns:
        A `mlsys.walled_model.WalledModel`, or a plain value; with `trusted` the object itself.

    Raises:
        NotFound: when the object does not exist.
        FailedPrecondition: when it is something else, or cannot be loaded, with the reason.
        PermissionDenied, Transient: when Cloud Storage returns such an error.
    """
    content = gcs_get(bucket, name)
    if trusted:
        return joblib.load(io.BytesIO(content))
    # These import what reading and writing bytes does not need.
    from jobs.pickles.plain_values import NotPlainError, plain_value  # noqa: PLC0415
    from mlsys.walled_model import walled_model  # noqa: PLC0415

    try:
        return plain_value(content)
    except NotPlainError:
        return walled_model(content, session().settings, f"gs://{bucket}/{name}")


def gcs_put_pickle(
    bucket: str, name: str, value: Any, if_generation_match: int | None = None
) -> int:
    """Write a Python object with joblib and return its new generation.

    Raises:
        Conflict: as `gcs_put`.
    """
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=3)
    return gcs_put(bucket, name, buffer.getvalue(), if_generation_match=if_generation_match)


def gcs_list_blobs(bucket: str, prefix: str = "") -> "list[storage.Blob]":
    """The objects of a bucket whose names begin with a prefix, sorted by name.

    Raises:
        NotFound: when the bucket does not exist.
    """
    with google_errors(f"listing gs://{bucket}/{prefix}"):
        return list(session().storage.list_blobs(bucket, prefix=prefix or None))


def _blob(bucket: str, name: str) -> "storage.Blob":
    return session().storage.bucket(bucket).blob(name)


def _generation_conflict(bucket: str, name: str, expected: int | None) -> Conflict:
    difference = "it exists" if expected == 0 else f"its generation is not {expected}"
    return Conflict(
        f"gs://{bucket}/{name} was not written: {difference}",
        reason="GENERATION_DIFFERS",
    )
