"""The LMS's signing keys: the newest published one signs, all published ones are in the key set."""

import base64
import json
import secrets
from collections.abc import Mapping

from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from lti.demo_platform.store import Store

SigningKey = RSAKey | ECKey | OctKey


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(10), "use": "sig", "alg": "RS256"})


def add_key(store: Store, key: RSAKey, *, keep_old: bool = True) -> None:
    with store.transaction():
        if not keep_old:
            store.write("update signing_key set published = 0")
        store.insert("signing_key", kid=key.kid, jwk=json.dumps(key.as_dict(private=True)), published=1)


def current_key(store: Store) -> RSAKey:
    row = store.one("select jwk from signing_key where published order by position desc limit 1")
    if row is None:
        raise LookupError("the sample LMS has no signing key")
    return RSAKey.import_key(json.loads(row["jwk"]))


def key_set(store: Store) -> dict[str, list[dict[str, object]]]:
    rows = store.all("select jwk from signing_key where published order by position")
    return {"keys": [dict(RSAKey.import_key(json.loads(row["jwk"])).as_dict(private=False)) for row in rows]}


def sign(
    claims: Mapping[str, object] | str, key: SigningKey, header: Mapping[str, object] | None = None
) -> str:
    """A compact JWT. `header` is laid over the usual one (a value of None leaves that name out).

    With `alg` "none" (any case) nothing is signed. Tests forge with it, so nothing here checks what makes
    sense; claims given as text are signed as they stand.
    """
    wanted: dict[str, object] = {"typ": "JWT", "alg": "RS256", "kid": key.kid} | dict(header or {})
    wanted = {name: value for name, value in wanted.items() if value is not None}
    payload = claims if isinstance(claims, str) else json.dumps(dict(claims))
    message = f"{_part(json.dumps(wanted))}.{_part(payload)}"
    algorithm = wanted.get("alg", "RS256")
    if str(algorithm).lower() == "none":
        return message + "."
    signature = JWSRegistry.algorithms[str(algorithm)].sign(message.encode(), key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
