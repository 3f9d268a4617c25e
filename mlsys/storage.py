"""Cloud Storage for notebooks: objects, and pickles that are not trusted blindly.

The same lines work on Google Cloud and on the local cloud; `mlsys/session.py` says which it is.
"""

import io
from typing import TYPE_CHECKING, Any

import joblib
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.api_core.exceptions import PreconditionFailed

from mlsys.session import session
from shared.clients import google_errors
from shared.errors import Conflict, FailedPrecondition, NotFound

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]


def gcs_get(bucket: str, name: str) -> bytes:
    """The content of an object.

    Raises:
        NotFound: when there is no such object.
        PermissionDenied, Transient: as Cloud Storage answers.
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
    """Write an object; its new generation is returned.

    Args:
        bucket: name of the bucket.
        name: name of the object.
        content: a text is written in UTF-8.
        content_type: default: text/plain for a text, else application/octet-stream.
        if_generation_match: write only over this generation; 0: only where nothing stands yet.

    Raises:
        Conflict: when another generation stands there.
        NotFound, PermissionDenied, Transient: as Cloud Storage answers.
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
            raise _stands_already(bucket, name, if_generation_match) from error
    return int(blob.generation)


def gcs_get_pickle(bucket: str, name: str, *, trusted: bool = False) -> Any:
    """The Python object that an object of joblib or pickle holds.

    A pickle is a program. This one is scanned first, then loaded by a loader that knows what models
    hold and refuses everything else: see docs/what-the-registry-refuses.md.

    Args:
        bucket: name of the bucket.
        name: name of the object.
        trusted: load it whatever it does, which is right for nobody's files but one's own.

    Raises:
        NotFound: when there is no such object.
        FailedPrecondition: when the loader refuses it, with what it does.
        PermissionDenied, Transient: as Cloud Storage answers.
    """
    content = gcs_get(bucket, name)
    if trusted:
        return joblib.load(io.BytesIO(content))
    # scikit-learn is imported with it; whoever puts and gets bytes need not wait for that.
    from jobs.pickles.errors import UnsafePickleError  # noqa: PLC0415
    from jobs.pickles.safe_load import safe_load  # noqa: PLC0415

    try:
        return safe_load(content, session().settings.allowed_pickle_names)
    except UnsafePickleError as refusal:
        raise FailedPrecondition(
            f"gs://{bucket}/{name} is not loaded: {refusal}. If it is your own, trusted=True "
            "loads it, whatever it does",
            reason="PICKLE_REFUSED",
        ) from refusal


def gcs_put_pickle(
    bucket: str, name: str, value: Any, if_generation_match: int | None = None
) -> int:
    """Write a Python object by joblib; the new generation is returned.

    Raises:
        Conflict: as `gcs_put`.
    """
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=3)
    return gcs_put(bucket, name, buffer.getvalue(), if_generation_match=if_generation_match)


def gcs_list_blobs(bucket: str, prefix: str = "") -> "list[storage.Blob]":
    """The objects of a bucket whose names begin with a prefix, by name.

    Raises:
        NotFound: when there is no such bucket.
    """
    with google_errors(f"listing gs://{bucket}/{prefix}"):
        return list(session().storage.list_blobs(bucket, prefix=prefix or None))


def _blob(bucket: str, name: str) -> "storage.Blob":
    return session().storage.bucket(bucket).blob(name)


def _stands_already(bucket: str, name: str, expected: int | None) -> Conflict:
    wish = "nothing stood there" if expected == 0 else f"generation {expected} stood there"
    return Conflict(
        f"gs://{bucket}/{name} was not written: it was to be only if {wish}, and it is not so",
        reason="GENERATION_DIFFERS",
    )
