"""The fake's door: a sample LMS inside a test's process; the package's docstring says how to use it."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from joserfc.jwk import RSAKey
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from lti.demo_platform import keys, messages, oidc, registering
from lti.demo_platform.app import create_app
from lti.demo_platform.authentication import answer_authentication
from lti.demo_platform.canvas_ids import login_hint_of
from lti.demo_platform.config import PlatformConfig, fetch_json
from lti.demo_platform.course_door import CourseDoor
from lti.demo_platform.keys import SigningKey
from lti.demo_platform.sample_people import TEST_SEED
from lti.demo_platform.service_door import Browser
from lti.demo_platform.serving import serve_in_thread
from lti.demo_platform.state import EXTENSION, Lms


@functools.cache
def _key(number: int) -> RSAKey:
    """Keys take long to make: all platforms of a process share them, each beginning with another."""
    del number
    return keys.new_key()


class DemoPlatform(CourseDoor):
    """A sample LMS with a door. Everything it does to the portal goes by HTTP messages."""

    _made = 0

    def __init__(
        self,
        portal_url: str = "http://localhost",
        *,
        base_url: str = "https://lms.example",
        client_id: str = "sample-lms-lectern",
        deployment_id: str = "1",
        database: str = ":memory:",
        seed: Mapping[str, Any] | None = None,
        scopes: Sequence[str] | None = None,
        storage_target: str = "",
        dress: str = "moodle",
        issuer_url: str = "",
        shared_url: str = "",
    ) -> None:
        self.now: datetime | None = None
        self._fetch_keys: Callable[[str], object] = _nothing_trusted
        config: dict[str, Any] = {"scopes": tuple(scopes)} if scopes is not None else {}
        self.config = PlatformConfig(
            base_url=base_url,
            portal_url=portal_url,
            database=database,
            secret_key="only for tests",  # noqa: S106
            seed=TEST_SEED if seed is None else seed,
            client_id=client_id,
            deployment_id=deployment_id,
            storage_target=storage_target,
            dress=dress,
            issuer_url=issuer_url,
            shared_url=shared_url,
            now=self._clock,
            fetch_keys=lambda url: self._fetch_keys(url),
            **config,
        )
        self._next_key = DemoPlatform._made * 10
        DemoPlatform._made = (DemoPlatform._made + 1) % 3
        self.app = create_app(self.config, first_key=_key(self._next_key))
        self._lms: Lms = self.app.extensions[EXTENSION]
        self._lms.keep_calls = True

    def _clock(self) -> datetime:
        return self.now or datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Moves the LMS's clock on (and stops it there)."""
        self.now = self._clock() + timedelta(seconds=seconds)

    # who and what

    @property
    def registration(self) -> dict[str, str]:
        return self._lms.config.registration()

    def registration_address(self, invite: str) -> str:
        """What the administrator's browser is sent to, with a token of one use."""
        with self.app.app_context():
            return registering.address_with_token(self._lms, invite)

    def activate_tool(self) -> None:
        """As the administrator's button does."""
        registering.activate_tool(self._lms)

    def jwks(self) -> dict[str, list[dict[str, object]]]:
        return keys.key_set(self._lms.store)

    # tokens

    def launch_claims(
        self, person: str, link: str, *, nonce: str, opens_in: str | None = None
    ) -> dict[str, Any]:
        where = self.link(link)
        return oidc.claims_of_launch(
            self._lms, self.person(person), where, nonce=nonce, opens_in=opens_in or where["opens_in"]
        )

    def launch_token(
        self,
        person: str,
        link: str,
        *,
        nonce: str,
        claims: Mapping[str, object] | None = None,
        drop: Sequence[str] = (),
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> str:
        said = _changed(self.launch_claims(person, link, nonce=nonce), claims, drop)
        return self.sign(said, header=header, key=key)

    def deep_linking_token(
        self,
        person: str,
        course: str = "2",
        *,
        nonce: str,
        claims: Mapping[str, object] | None = None,
        drop: Sequence[str] = (),
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> str:
        said = oidc.claims_of_selection(self._lms, self.person(person), course, nonce=nonce)
        return self.sign(_changed(said, claims, drop), header=header, key=key)

    def sign(
        self,
        claims: Mapping[str, object] | str,
        *,
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """Claims given as text are signed as they stand, doubled names and all."""
        own = keys.current_key(self._lms.store)
        if key is not None:
            header = {"kid": own.kid, **(header or {})}  # a forger names the real key
        return keys.sign(claims, key or own, header)

    def rotate_key(self, *, keep_old: bool = True) -> None:
        self._next_key += 1
        published = {key["kid"] for key in self.jwks()["keys"]}
        fresh = _key(self._next_key)
        keys.add_key(self._lms.store, keys.new_key() if fresh.kid in published else fresh, keep_old=keep_old)

    # launches

    def initiation(self, person: str, link: str, *, opens_in: str | None = None) -> dict[str, str]:
        """The fields of the form that the browser posts to /lti/login."""
        where = self.link(link)
        return oidc.initiation_fields(self._lms, self.person(person), where, opens_in or where["opens_in"])

    def authorize(
        self,
        location: str,
        *,
        person: str | None = None,
        claims: Mapping[str, object] | None = None,
        drop: Sequence[str] = (),
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> dict[str, str]:
        """What the browser posts back after the tool sent it to `location` (our authorisation address).

        `person` is who is signed in at the LMS; by default who the login hint names. Raises InvalidRequest
        (oidc) where the LMS shows its own page instead.
        """
        asked = MultiDict(parse_qsl(urlsplit(location).query, keep_blank_values=True))
        signed_in = self.person(person)["sub"] if person else self._hinted(asked.get("login_hint", ""))
        _, fields, launch = answer_authentication(self._lms, asked, signed_in)
        if launch is None:
            return fields
        said = oidc.claims_of(self._lms, self.person(launch["sub"]), launch, nonce=asked["nonce"])
        token = self.sign(_changed(said, claims, drop), header=header, key=key)
        return {"id_token": token} | fields

    def _hinted(self, hint: str) -> str | None:
        """Who a login hint names."""
        numbers = (person["sub"] for person in self._lms.store.people())
        return next((one for one in numbers if login_hint_of(self.config, one) == hint), None)

    def launch(
        self,
        browser: Browser,
        person: str,
        link: str,
        *,
        claims: Mapping[str, object] | None = None,
        drop: Sequence[str] = (),
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """The whole dance in the portal's test client; the portal's answer to the form with the token.

        `form` is laid over that form's fields. When the login is refused, that refusal is the answer.
        """
        how = {"claims": claims, "drop": drop, "header": header, "key": key}
        return self._dance(browser, self.initiation(person, link), how, form)

    def choose(
        self,
        browser: Browser,
        person: str,
        course: str = "2",
        *,
        placement: str = "",
        claims: Mapping[str, object] | None = None,
        drop: Sequence[str] = (),
    ) -> Any:
        """The same for "Add Lectern pages": the portal's answer to a Deep Linking request."""
        fields = oidc.selection_fields(self._lms, self.person(person), course, placement)
        return self._dance(browser, fields, {"claims": claims, "drop": drop})

    def take_content(self, url: str, person: str, **form: str) -> Any:
        """What the LMS answers to the tool's form at its return address, posted by who chose there."""
        client = self.app.test_client()
        with client.session_transaction(base_url=self.config.base_url) as session:
            session["sub"] = self.person(person)["sub"]
        return client.post(url, data=form, base_url=self.config.base_url)

    def _dance(
        self,
        browser: Browser,
        initiation: Mapping[str, str],
        how: Mapping[str, Any],
        form: Mapping[str, str] | None = None,
    ) -> Any:
        base = {"base_url": self.config.portal_url + "/"}
        login: BaseResponse = browser.post("/lti/login", data=dict(initiation), **base)
        location = login.headers.get("Location", "")
        if not location.startswith(self.config.auth_url + "?"):
            return login
        fields = self.authorize(location, **how)
        return browser.post("/lti/launch", data=fields | dict(form or {}), **base)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The same app on the loopback port of its base_url, in a thread; keys come by HTTP."""
        self._fetch_keys = fetch_json
        parts = urlsplit(self.config.base_url)
        with serve_in_thread(self.app, parts.hostname or "127.0.0.1", parts.port or 80):
            yield self.config.base_url


def _nothing_trusted(url: str) -> object:
    raise requests.ConnectionError(f"{url}: say lms.trust(client) or lms.trust_keys({{...}}) first")


def _changed(
    claims: dict[str, Any], changes: Mapping[str, object] | None, drop: Sequence[str]
) -> dict[str, Any]:
    changed = claims | {messages.whole_name(name): value for name, value in (changes or {}).items()}
    gone = {messages.whole_name(name) for name in drop}
    return {name: value for name, value in changed.items() if name not in gone}
