"""A registered platform as plain values, so that the wire knows no tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisteredPlatform:
    """Who a platform is and where it answers. `id` is the registration's."""

    id: int
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    auth_audience: str | None = None
    frame_origins: str = ""  # further origins that may frame us, by blanks

    @property
    def assertion_audience(self) -> str:
        """The `aud` of our assertions: what is registered in its place, else the token address."""
        return self.auth_audience or self.auth_token_url
