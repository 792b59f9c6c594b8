"""`portal lti check` and the button for the course team: try each service of a platform and say what is wrong."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from lti.adapter.access_tokens import AccessTokens, NoToken
from lti.adapter.http import Answer, Unreachable
from lti.adapter.platform_keys import usable_keys
from lti.adapter.signing import Signer
from lti.protocol import remedies
from lti.protocol.claims import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, SCORE_SCOPE
from lti.protocol.quirks import service_address
from lti.protocol.tool import MEMBERSHIP_SCOPE
from lti.runtime import Runtime
from lti.services.health import Service, Subject
from portal.core.clock import real_now
from portal.core.when import plural

_ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"


@dataclass(frozen=True)
class Finding:
    """How one service answered. `works` None: there was nothing to try yet. `remedy`: what to change, and where."""

    service: Service
    works: bool | None
    said: str
    remedy: str = ""

    def as_json(self) -> dict[str, object]:
        """The finding as a document."""
        return asdict(self) | {"service": self.service.value}

    @property
    def words(self) -> str:
        """All of it in one line."""
        return f"{self.said} {self.remedy}".strip()


def check(doors: Runtime, subject: Subject, signer: Signer) -> list[Finding]:
    """Ask the platform for its keys, a token for each service, one member, one column. No transaction is open."""
    return list(_Check(doors, subject, signer).findings())


class _Check:
    def __init__(self, doors: Runtime, subject: Subject, signer: Signer) -> None:
        self._doors, self._subject, self._signer = doors, subject, signer
        # Tokens of its own: one from the cache would prove nothing.
        self._tokens = AccessTokens(doors.http, real_now)

    def findings(self) -> Iterator[Finding]:
        yield self._keys()
        people, refused = self._token(MEMBERSHIP_SCOPE, "people")
        if refused is not None and refused.service is Service.TOKEN:  # asking twice more would say the same
            yield refused
            return
        scores, no_scores = self._token(SCORE_SCOPE, "scores")
        columns, no_columns = self._token(LINE_ITEM_READ_SCOPE, "columns")
        if no_columns is not None:  # some LMSs allow all of it, and then not this by itself
            columns, no_columns = self._token(LINE_ITEM_SCOPE, "columns")
        yield Finding(Service.TOKEN, True, "The LMS gives Lectern access tokens.")
        yield refused or self._people(people)
        yield no_scores or no_columns or self._column(columns)
        del scores  # that it is given is all there is to try: a score would be somebody's

    def _keys(self) -> Finding:
        url = self._subject.platform.jwks_url
        try:
            answer = self._doors.http.call("GET", url, headers={"Accept": "application/json, */*;q=0.5"})
            count = len(usable_keys(answer))
        except (Unreachable, ValueError) as problem:
            said = f"The LMS’s keys could not be read ({problem})."
            return Finding(Service.KEYS, False, said, remedies.keys_elsewhere(url))
        if not count:
            said = (
                "The LMS’s key set holds no key that Lectern can use (RSA, 2048 bits or more, with a key id)."
            )
            return Finding(Service.KEYS, False, said, remedies.keys_elsewhere(url))
        return Finding(Service.KEYS, True, f"{plural(count, 'key')} of the LMS read.")

    def _token(self, scope: str, what: str) -> tuple[str, Finding | None]:
        platform, family = self._subject.platform, self._subject.family
        service = Service.PEOPLE if what == "people" else Service.SCORES
        try:
            return self._tokens.token_of(platform, scope, self._signer), None
        except NoToken as problem:
            if problem.hopeless and "unauthorized_client" not in str(problem):
                said = f"The LMS does not let Lectern do this ({problem})."
                return "", Finding(service, False, said, remedies.switch_on(family, what))
            remedy = remedies.let_us_be_known(family, self._doors.tool.jwks_url)
            said = f"The LMS gives Lectern no access token ({problem})."
            return "", Finding(Service.TOKEN, False, said, remedy)
        except Unreachable as problem:
            said = f"The LMS’s token address {platform.auth_token_url} could not be reached ({problem})."
            remedy = "See that the LMS is up and that no firewall stands between it and Lectern’s server."
            return "", Finding(Service.TOKEN, False, said, remedy)

    def _people(self, token: str) -> Finding:
        url = self._subject.memberships_url
        if url is None:
            said = "The LMS has not named the address of its list of people yet."
            return Finding(Service.PEOPLE, None, said, remedies.open_a_link("people"))
        problem = self._fetched(
            url + ("&" if "?" in url else "?") + "limit=1", token, _ROSTER_TYPE, "members"
        )
        if problem:
            remedy = remedies.switch_on(self._subject.family, "people")
            return Finding(
                Service.PEOPLE, False, f"The list of people could not be read ({problem}).", remedy
            )
        return Finding(Service.PEOPLE, True, "The list of people can be read.")

    def _column(self, token: str) -> Finding:
        url = self._subject.line_item_url
        if url is None:
            said = "Scores may be sent; the LMS has not named a gradebook column yet."
            return Finding(Service.SCORES, None, said, remedies.open_a_link("columns"))
        problem = self._fetched(url, token, _LINE_ITEM_TYPE, "scoreMaximum")
        if problem == "404":
            remedy = "Open its link once more from the course; if it has no column any more, add one there."
            return Finding(Service.SCORES, False, "The gradebook column is gone in the LMS.", remedy)
        if problem:
            remedy = remedies.switch_on(self._subject.family, "columns")
            return Finding(Service.SCORES, False, f"The column could not be read ({problem}).", remedy)
        return Finding(Service.SCORES, True, "Scores may be sent, and the gradebook column is there.")

    def _fetched(self, url: str, token: str, kind: str, member: str) -> str:
        """What went wrong; nothing where the answer is the JSON object that it should be."""
        address = service_address(url, self._subject.platform.auth_token_url)
        try:
            answer = self._doors.http.call(
                "GET", address, headers={"Authorization": f"Bearer {token}", "Accept": kind}
            )
        except Unreachable as problem:
            return str(problem)
        if answer.status != 200:
            return str(answer.status)
        return "" if _has(answer, member) else "no such document in the answer"


def _has(answer: Answer, member: str) -> bool:
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and member in said
