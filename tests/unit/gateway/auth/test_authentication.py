"""Authentication in each of its modes, with real tokens, keys and certificates."""

import base64
import datetime
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

from gateway.app import create_app
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.settings.settings import Settings

AUDIENCE = "https://mlsys.example.com"
LOOPBACK = {
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1",
    "CLOUD_RUN_ENDPOINT": "http://127.0.0.1:1",
}
ON_CLOUD_RUN = {"K_SERVICE": "mlsys-dev"}
EVERYBODY_OF_EXAMPLE = {
    "MLSYS_READERS": "*@example.com",
    "MLSYS_LAUNCHERS": "*@example.com",
    "MLSYS_CANCELLERS": "operator@example.com",
}


def client(**environ):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project"} | environ)
    return create_app(Clients(settings)).test_client()


class Signer:
    """Signs tokens as Google does: with an RSA key, which has a certificate."""

    def __init__(self, key_id):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .sign(key, hashes.SHA256())
        )
        self.key_id = key_id
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._signer = crypt.RSASigner.from_string(pem, key_id)

    def token(self, **changes):
        now = int(datetime.datetime.now(datetime.UTC).timestamp())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": AUDIENCE,
            "sub": "1",
            "email": "ada@example.com",
            "email_verified": True,
            "iat": now,
            "exp": now + 600,
        }
        claims |= changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self._signer, kept).decode()


@pytest.fixture(scope="module")
def google():
    return Signer("google-1")


@pytest.fixture(scope="module")
def certificates(google):
    """Google's certificates, served on loopback, and the number of requests for them."""

    class Certificates(BaseHTTPRequestHandler):
        requests = 0

        def do_GET(self):
            Certificates.requests += 1
            body = json.dumps({google.key_id: google.certificate}).encode()
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=600")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Certificates)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Certificates, f"http://127.0.0.1:{server.server_address[1]}/certs"
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(certificates):
    """A gateway that verifies ID tokens itself."""
    return client(
        MLSYS_AUTH="app",
        MLSYS_AUTH_AUDIENCE=AUDIENCE,
        MLSYS_CERTIFICATES_URL=certificates[1],
        **EVERYBODY_OF_EXAMPLE,
    )


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_token_of_google_is_accepted_and_the_certificates_are_fetched_once(
    app, google, certificates
):
    before = certificates[0].requests
    for _ in range(3):
        assert app.get("/", headers=bearer(google.token())).status_code == 200
    assert certificates[0].requests == before + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://another.example.com"},
        {"iss": "https://evil.example"},
        {"iat": 1, "exp": 2},
        {"email": None},
        {"email_verified": False},
    ],
    ids=str,
)
def test_a_token_of_another_audience_issuer_or_time_is_rejected(app, google, changes):
    answer = app.get("/", headers=bearer(google.token(**changes)))
    assert answer.status_code == 401
    assert answer.json["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_forged_token_is_rejected(app, google):
    forger = Signer(google.key_id)
    head, claims, signature = google.token().split(".")
    other = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for token in (
        forger.token(),
        f"{head}.{claims}.",
        f"{other}.{claims}.",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        "x",
        "a.b.c",
        "SIGNATURE_REMOVED_BY_GOOGLE",
    ):
        assert app.get("/", headers=bearer(token)).status_code == 401, token


def test_without_a_token_only_health_answers(app):
    assert app.get("/health").status_code == 200
    assert app.get("/").status_code == 401
    assert app.get("/predict").status_code == 401
    assert app.get("/", headers={"Authorization": "Basic abc"}).status_code == 401


def test_an_authenticated_caller_needs_the_permission_of_the_route(app, google):
    stranger = bearer(google.token(email="eve@evil.example"))
    assert app.get("/", headers=stranger).status_code == 403
    answer = app.post("/executions/x:cancel", headers=bearer(google.token()))
    assert answer.status_code == 403
    assert "ada@example.com may not cancel here" in answer.json["message"]


def test_without_google_s_certificates_the_response_is_503(google):
    app = client(
        MLSYS_AUTH="app",
        MLSYS_AUTH_AUDIENCE=AUDIENCE,
        MLSYS_CERTIFICATES_URL="http://127.0.0.1:1/certs",
        **EVERYBODY_OF_EXAMPLE,
    )
    answer = app.get("/", headers=bearer(google.token()))
    assert answer.status_code == 503


def verified_by_cloud_run(google, **changes):
    head, claims, _ = google.token(**changes).split(".")
    return f"{head}.{claims}.SIGNATURE_REMOVED_BY_GOOGLE"


def test_on_cloud_run_the_caller_is_read_from_the_verified_token(google):
    app = client(**ON_CLOUD_RUN, MLSYS_READERS="ada@example.com")
    assert app.get("/", headers=bearer(verified_by_cloud_run(google))).status_code == 200
    other = bearer(verified_by_cloud_run(google, email="eve@example.com"))
    assert app.get("/", headers=other).status_code == 403


def test_a_token_that_cloud_run_has_not_verified_is_rejected(google):
    app = client(**ON_CLOUD_RUN)
    removed = "SIGNATURE_REMOVED_BY_GOOGLE"
    for token in (google.token(), f"a.b.{removed}", f"a.{'W10'}.{removed}", removed):
        assert app.get("/", headers=bearer(token)).status_code == 401, token
    assert app.get("/").status_code == 401


def test_the_caller_is_read_from_the_header_that_cloud_run_verifies(google):
    app = client(**ON_CLOUD_RUN, MLSYS_READERS="ada@example.com")
    forged = verified_by_cloud_run(google)
    real = verified_by_cloud_run(google, email="eve@example.com")
    headers = bearer(forged) | {"X-Serverless-Authorization": f"Bearer {real}"}
    assert app.get("/", headers=headers).status_code == 403


def test_a_key_is_accepted_in_its_header_only():
    digest = hashlib.sha256(b"the key").hexdigest()
    other = hashlib.sha256(b"another").hexdigest()
    app = client(
        MLSYS_AUTH="key",
        MLSYS_API_KEYS=f"notebook={digest},cron={other}",
        MLSYS_CANCELLERS="cron",
    )
    assert app.get("/", headers={"X-API-Key": "the key"}).status_code == 200
    for headers in ({}, {"X-API-Key": digest}, {"X-API-Key": ""}, {"Authorization": "the key"}):
        assert app.get("/", headers=headers).status_code == 401
    assert app.get("/?key=the+key&api_key=the+key").status_code == 401
    refusal = app.post("/executions/x:cancel", headers={"X-API-Key": "the key"})
    assert "notebook may not cancel" in refusal.json["message"]


def test_on_the_local_cloud_every_caller_is_anonymous():
    assert client(**LOOPBACK).get("/").status_code == 200


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "this is Google's"),
        ({"MLSYS_AUTH": "none"} | ON_CLOUD_RUN, "everybody could launch"),
        ({"MLSYS_AUTH": "none"} | LOOPBACK | {"CLOUD_RUN_ENDPOINT": "http://10.0.0.1"}, "Google"),
        ({"MLSYS_AUTH": "iam"}, "only Cloud Run checks"),
        ({"MLSYS_AUTH": "oauth"}, "use one of iam, app, key, none"),
        ({"MLSYS_AUTH": "app"}, "MLSYS_AUTH_AUDIENCE"),
        ({"MLSYS_AUTH": "app", "MLSYS_AUTH_AUDIENCE": AUDIENCE}, "has a Google account"),
        ({"MLSYS_AUTH": "key"}, "names no key"),
        (
            {"MLSYS_AUTH": "key", "MLSYS_API_KEYS": "a=short"},  # pragma: allowlist secret
            "not name=SHA-256",
        ),
    ],
    ids=str,
)
def test_the_gateway_does_not_start_in_a_mode_that_contradicts_where_it_runs(environ, sentence):
    with pytest.raises(InvalidArgument, match=sentence):
        client(**environ)
