"""Refused launches, in words for who looks after the connection: what came, and what to change."""

from dataclasses import dataclass

from lti.errors import Reason


@dataclass(frozen=True)
class Explained:
    """One reason. `todo`: empty where nothing is to be done; `is_usual`: it happens where all is well, too."""

    what: str
    todo: str
    is_usual: bool = False

    @property
    def words(self) -> str:
        """Both in one line."""
        return f"{self.what} {self.todo}".strip()


_LOOK = (
    "If no link opens at all, compare the tool’s settings in the LMS with what Lectern has: portal lti show."
)
_LOG = "The reference on the page that people saw leads to the details in Lectern’s log."
_FORGED = Explained("What came in the LMS’s name was not signed as agreed, so nobody was let in.", _LOOK)
_INCOMPLETE = Explained("The LMS left out something that LTI 1.3 asks for, or wrote it wrongly.", _LOG)

_EXPLAINED = {
    Reason.FORM: Explained("The LMS’s form was not whole, or far too long.", _LOG),
    Reason.PENDING: Explained(
        "The LMS registered itself and waits to be let in.",
        "Whoever runs Lectern activates it: portal lti activate {registration}.",
    ),
    Reason.PLATFORM_ERROR: Explained(
        "The LMS reported an error of its own instead of signing people in.",
        "Open the link again from the course. If it goes on, see that the tool’s redirect address in the LMS is "
        "Lectern’s launch address.",
    ),
    Reason.BROWSER: Explained(
        "The browser had not kept what the login gave it, so the launch could not be told from a stranger’s.",
        "Let the links open in a new window in the LMS where many people meet this.",
    ),
    Reason.TOKEN: _FORGED,
    Reason.HEADER: _FORGED,
    Reason.SIGNATURE: _FORGED,
    Reason.KEY: Explained(
        "The LMS signed with a key that is not among those it publishes, or one that Lectern cannot use.",
        "See that the LMS publishes its present key at the address it was registered with; “Check now” reads it.",
    ),
    Reason.KEY_SET: Explained(
        "The LMS’s keys could not be read, so its launches could not be checked.",
        "See that the LMS is up and that no firewall stands between it and Lectern’s server; “Check now” tries it.",
    ),
    Reason.ISSUER: Explained(
        "The launch named another LMS than the one that it was registered as.",
        "If the LMS has a new address, register it anew, and carry its people over: portal lti move.",
    ),
    Reason.AUDIENCE: Explained(
        "The launch was meant for another client than the registered one.",
        "The client id in the LMS must be {client}.",
    ),
    Reason.TIME: Explained(
        "The launch was too old, or came from the future.",
        "See that the LMS’s server has the right time. A page that stood open for long does this too.",
    ),
    Reason.NONCE: Explained(
        "The same launch was sent twice, by a reload or the back button.", "", is_usual=True
    ),
    Reason.ANONYMOUS: Explained(
        "Somebody came who was not signed in to the LMS.",
        "They sign in there first; no change is needed.",
        is_usual=True,
    ),
    Reason.CLAIM: _INCOMPLETE,
    Reason.LIBRARY: _INCOMPLETE,
    Reason.MESSAGE: Explained(
        "The LMS sent a kind of message that Lectern does not take.",
        "Place Lectern in the LMS as a link, or where pages are chosen (Deep Linking), and nowhere else.",
    ),
    Reason.TARGET: Explained(
        "A link in the LMS leads to an address that is not Lectern’s.",
        "Set that link’s address to Lectern’s launch address, or add it anew by choosing the page.",
    ),
    Reason.DEPLOYMENT: Explained(
        "Lectern was added in the LMS once more, with a deployment that is not known here.",
        "Whoever runs Lectern adds its deployment id: portal lti activate {registration} --deployment-id D.",
    ),
}
_OTHER = Explained("Launches were refused.", _LOG)


def explained(reason: str, *, registration_id: int, client_id: str) -> Explained:
    """The reason as it is counted, in words; of one that is counted no longer, that something was refused."""
    try:
        found = _EXPLAINED.get(Reason(reason), _OTHER)
    except ValueError:
        found = _OTHER
    todo = found.todo.format(registration=registration_id, client=client_id)
    return Explained(found.what, todo, found.is_usual)
