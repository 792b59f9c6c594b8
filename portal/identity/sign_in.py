"""Who this browser is, by Flask-Login: the session holds the person's id and nothing else about them."""

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A person's id. Nothing is read for it: each page's access check reads the person with their rights."""

    def __init__(self, person_id: str) -> None:
        self.id = person_id


def register_sign_in(app: Flask) -> None:
    """Make Flask-Login know our people."""
    manager = LoginManager(app)
    # A session bound to address and browser would end on every change of a phone's network.
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(person_id: str) -> SignedIn | None:
        return SignedIn(person_id) if person_id.isdigit() else None


def sign_in(person_id: int) -> None:
    """Begin a new session for this person; whatever the old one held is gone."""
    session.clear()
    login_user(SignedIn(str(person_id)))
    session.permanent = True
