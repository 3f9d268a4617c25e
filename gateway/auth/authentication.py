"""Authentication of a request's caller, in one of four modes.

iam   Cloud Run has verified the bearer token before the request arrives; its claims are read
app   Google's ID tokens are verified here: signature, audience, issuer, expiry, e-mail
key   API keys in the header X-API-Key; the deployment stores only their SHA-256
none  every caller is anonymous: for the local cloud
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import Headers

from gateway.context import ANONYMOUS
from shared.errors import Transient, Unauthenticated
from shared.settings.settings import Settings

type Authenticate = Callable[[Headers], str]

# Cloud Run replaces the signature of a token that it has verified:
# https://cloud.google.com/run/docs/troubleshooting#signature-removed
_VERIFIED_BY_CLOUD_RUN = "SIGNATURE_REMOVED_BY_GOOGLE"
_ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
# When a request has both headers, Cloud Run verifies this one only.
_CLOUD_RUN_HEADER = "X-Serverless-Authorization"
_TOKEN_PARTS = 3


def authenticator(settings: Settings) -> Authenticate:
    """The function that names the caller of a request, for a deployment's mode."""
    modes: dict[str, Authenticate] = {
        "iam": _caller_verified_by_cloud_run,
        "app": IdTokens(settings.auth_audience, settings.certificates_url).caller,
        "key": ApiKeys(settings.api_keys).caller,
        "none": lambda _: ANONYMOUS,
    }
    return modes[settings.auth_mode]


class ApiKeys:
    """API keys, stored as their SHA-256."""

    def __init__(self, entries: tuple[str, ...]):
        self._entries = [entry.split("=", 1) for entry in entries]

    def caller(self, headers: Headers) -> str:
        """The name of the API key in a request's headers.

        Raises:
            Unauthenticated: when there is no key, or the deployment does not know it.
        """
        offered = hashlib.sha256(headers.get("X-API-Key", "").encode()).hexdigest()
        # Every key is compared in constant time, so the duration reveals nothing.
        known = [name for name, each in self._entries if hmac.compare_digest(each, offered)]
        if not known:
            raise Unauthenticated("send an API key of this deployment in the header X-API-Key")
        return known[0]


class IdTokens:
    """Google's ID tokens, verified with Google's certificates, which are cached as HTTP allows."""

    def __init__(self, audience: str, certificates_url: str):
        self._audience = audience
        self._url = certificates_url
        self._transport: Any = None

    def caller(self, headers: Headers) -> str:
        """The verified e-mail address in a request's ID token.

        Raises:
            Unauthenticated: when the token is missing, forged, expired, or for another audience.
            Transient: when Google's certificates cannot be fetched.
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
                "Google's certificates cannot be fetched: try again", detail=str(error)
            ) from error
        except (GoogleAuthError, ValueError) as error:
            raise _rejected("it is not a valid ID token for this deployment", error) from error
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
        raise _rejected("Google did not issue it")
    if not (claims.get("email") and claims.get("email_verified")):
        raise _rejected("it names no verified e-mail address: ask for the scope email")
    return str(claims["email"])


def _caller_verified_by_cloud_run(headers: Headers) -> str:
    """The e-mail address in a token that Cloud Run has verified.

    Raises:
        Unauthenticated: when Cloud Run has not verified the token, because the service allows
            unauthenticated requests.
    """
    header = _CLOUD_RUN_HEADER if headers.get(_CLOUD_RUN_HEADER) else "Authorization"
    parts = _bearer(headers, header).split(".")
    if len(parts) != _TOKEN_PARTS or parts[2] != _VERIFIED_BY_CLOUD_RUN:
        raise _rejected("Cloud Run has not verified it")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise _rejected("it cannot be read", error) from error
    if not isinstance(claims, dict):
        raise _rejected("it holds no claims")
    return str(claims.get("email") or claims.get("sub") or ANONYMOUS)


def _bearer(headers: Headers, name: str) -> str:
    kind, _, token = headers.get(name, "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated(
            f"send an ID token: {name}: Bearer $(gcloud auth print-identity-token)"
        )
    return token.strip()


def _rejected(why: str, error: Exception | None = None) -> Unauthenticated:
    return Unauthenticated(
        f"the bearer token is not accepted: {why}", detail=str(error) if error else ""
    )
