"""Calls to a platform's services: with a token of the scope asked for, replaced once where it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti.adapter.access_tokens import AccessTokens
from lti.adapter.http import Answer, HttpClient
from lti.adapter.signing import Signer
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.quirks import service_address


@dataclass(frozen=True)
class ServiceCalls:
    """The services of one platform, for one scope. In a set of scopes each has a token of its own."""

    http: HttpClient
    tokens: AccessTokens
    platform: RegisteredPlatform
    signer: Signer
    scope: str

    def call(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The platform's answer, whatever it is. Raises NoToken, or Unreachable."""
        where = service_address(url, self.platform.auth_token_url)
        refused: str | None = None
        while True:
            token = self.tokens.token_of(self.platform, self.scope, self.signer, instead_of=refused)
            answer = self.http.call(
                method, where, headers={"Authorization": f"Bearer {token}", **headers}, body=body
            )
            if answer.status != 401 or refused is not None:
                return answer
            refused = token
