"""Who is asking: four ways to know.

iam   Cloud Run has checked the token before we see it; its claims are read
app   Google's ID tokens are verified here: signature, audience, issuer, expiry, e-mail
key   API keys in the header X-API-Key, of which the deployment knows the SHA-256 alone
none  nobody is asked: for the local cloud
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import Headers

from shared.errors import Transient, Unauthenticated
from shared.settings.settings import Settings

type Authenticate = Callable[[Headers], str]

NOBODY = "anonymous"
# What stands in the place of the signature that Cloud Run has verified and taken away:
# https://cloud.google.com/run/docs/troubleshooting#signature-removed
_VERIFIED_BY_CLOUD_RUN = "SIGNATURE_REMOVED_BY_GOOGLE"
_ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
# With both headers Cloud Run checks this one alone.
_OWN_HEADER = "X-Serverless-Authorization"
_TOKEN_PARTS = 3


def authenticator(settings: Settings) -> Authenticate:
    """How this deployment knows its callers."""
    modes: dict[str, Authenticate] = {
        "iam": _checked_by_cloud_run,
        "app": IdTokens(settings.auth_audience, settings.certificates_url).caller,
        "key": Keys(settings.api_keys).caller,
        "none": lambda _: NOBODY,
    }
    return modes[settings.auth_mode]


class Keys:
    """API keys, known by their SHA-256 only."""

    def __init__(self, entries: tuple[str, ...]):
        self._entries = [entry.split("=", 1) for entry in entries]

    def caller(self, headers: Headers) -> str:
        """The name of the key that a request carries.

        Raises:
            Unauthenticated: when it carries none that is known.
        """
        offered = hashlib.sha256(headers.get("X-API-Key", "").encode()).hexdigest()
        # Every key is compared, and each in constant time: how long it takes tells nothing.
        known = [name for name, each in self._entries if hmac.compare_digest(each, offered)]
        if not known:
            raise Unauthenticated("send an API key of this deployment in the header X-API-Key")
        return known[0]


class IdTokens:
    """Google's ID tokens, verified with Google's certificates, which are kept while they may be."""

    def __init__(self, audience: str, certificates_url: str):
        self._audience = audience
        self._url = certificates_url
        self._transport: Any = None

    def caller(self, headers: Headers) -> str:
        """The verified e-mail address of who signed in.

        Raises:
            Unauthenticated: when the token is missing, forged, expired, or meant for others.
            Transient: when Google's certificates cannot be had.
        """
        from google.auth.exceptions import GoogleAuthError, TransportError
        from google.oauth2 import id_token

        token = _bearer(headers, "Authorization")
        try:
            claims = id_token.verify_token(
                token, self._fetch(), audience=self._audience, certs_url=self._url
            )
        except TransportError as error:
            raise Transient(
                "Google's certificates cannot be had: try again", detail=str(error)
            ) from error
        except (GoogleAuthError, ValueError) as error:
            raise _refused("it is not a valid ID token for this deployment", error) from error
        return _identity(claims)

    def _fetch(self) -> Any:
        from cachecontrol import CacheControl
        from google.auth.transport.requests import Request
        from requests import Session

        if not self._transport:
            self._transport = Request(session=CacheControl(Session()))
        return self._transport


def _identity(claims: Mapping[str, Any]) -> str:
    if claims.get("iss") not in _ISSUERS:
        raise _refused("Google did not issue it")
    if not (claims.get("email") and claims.get("email_verified")):
        raise _refused("it names no verified e-mail address: ask for the scope email")
    return str(claims["email"])


def _checked_by_cloud_run(headers: Headers) -> str:
    """The e-mail address of a token that Cloud Run has verified.

    Raises:
        Unauthenticated: when Cloud Run has not verified it: this service lets everybody in.
    """
    header = _OWN_HEADER if headers.get(_OWN_HEADER) else "Authorization"
    parts = _bearer(headers, header).split(".")
    if len(parts) != _TOKEN_PARTS or parts[2] != _VERIFIED_BY_CLOUD_RUN:
        raise _refused("Cloud Run has not verified it")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise _refused("it cannot be read", error) from error
    if not isinstance(claims, dict):
        raise _refused("it holds no claims")
    return str(claims.get("email") or claims.get("sub") or NOBODY)


def _bearer(headers: Headers, name: str) -> str:
    kind, _, token = headers.get(name, "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated(
            f"send an ID token: {name}: Bearer $(gcloud auth print-identity-token)"
        )
    return token.strip()


def _refused(why: str, error: Exception | None = None) -> Unauthenticated:
    return Unauthenticated(
        f"the bearer token is not accepted: {why}", detail=str(error) if error else ""
    )
