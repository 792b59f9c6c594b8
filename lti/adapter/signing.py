"""Our own keys: made, sealed under the secret key, published, and used to sign."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import RSAKey

from lti.protocol.platform import RegisteredPlatform

_BITS = 2048
_ASSERTION_LIVES = timedelta(minutes=5)


class CannotUnseal(Exception):
    """None of the secret keys opens what was sealed."""


class Seal:
    """Encryption under the secret keys: the first seals, any of them opens."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        fernets = [Fernet(_derived(secret)) for secret in secret_keys]
        self._first, self._fernet = fernets[0], MultiFernet(fernets)

    def close(self, plain: bytes) -> str:
        """Sealed text."""
        return self._fernet.encrypt(plain).decode()

    def open(self, sealed: str) -> bytes:
        """What was sealed, under whichever of the keys. Raises CannotUnseal."""
        try:
            return self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            raise CannotUnseal from None

    def is_of_first_key(self, sealed: str) -> bool:
        """Whether the first key sealed it: then the others may go."""
        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"lectern lti keys 1").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(key)


@dataclass(frozen=True)
class NewKey:
    """A fresh key pair: its id and its two halves as PEM."""

    kid: str
    public_pem: str
    private_pem: bytes


def make_key() -> NewKey:
    """A new RSA key pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return NewKey(secrets.token_hex(10), public.decode(), private)


def public_jwk(kid: str, public_pem: str) -> dict[str, Any]:
    """The public half as platforms read it."""
    return {**RSAKey.import_key(public_pem).as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"}


class Signer:
    """One private key, loaded: loading costs a hundred times what signing does."""

    def __init__(self, kid: str, private_pem: bytes) -> None:
        self.kid = kid
        self._key = RSAKey.import_key(private_pem)

    def sign(self, claims: dict[str, Any]) -> str:
        """The claims as a signed JWT."""
        return jwt.encode(
            {"typ": "JWT", "alg": "RS256", "kid": self.kid}, claims, self._key, algorithms=["RS256"]
        )

    def assertion(self, platform: RegisteredPlatform, at: datetime) -> str:
        """Who we are, for the platform's token address (RFC 7523; SF 4.1)."""
        now = int(at.timestamp())
        return self.sign(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.assertion_audience,
                "iat": now - 5,  # Canvas takes 30 seconds ahead at most; clocks differ
                "exp": now + int(_ASSERTION_LIVES.total_seconds()),
                "jti": secrets.token_urlsafe(24),
            }
        )
