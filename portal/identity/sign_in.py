"""Who this browser is, by Flask-Login: the session holds the person's id and nothing else about them."""

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, login_user
from itsdangerous import URLSafeTimedSerializer


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A person's id. Nothing is read for it: each page's access check reads the person with their rights."""

    def __init__(self, person_id: str) -> None:
        self.id = person_id


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with its signer made once: the keys are fixed when the app starts."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of one app's sessions."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def register_sign_in(app: Flask) -> None:
    """Make Flask-Login know our people."""
    app.session_interface = Sessions()
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # templates have `place()`
    # A session bound to address and browser would end on every change of a phone's network.
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(person_id: str) -> SignedIn | None:
        return SignedIn(person_id) if person_id.isdigit() else None


def signed_in() -> int | None:
    """The signed-in person's id: what `current_user` says, without its look at address and browser."""
    said = session.get("_user_id", "")
    return int(said) if said.isdecimal() else None


def sign_in(person_id: int) -> None:
    """Begin a new session for this person; whatever the old one held is gone."""
    session.clear()
    login_user(SignedIn(str(person_id)))
    session.permanent = True
