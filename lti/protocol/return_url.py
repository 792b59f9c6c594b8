"""The way back into the LMS (Core 1.3, launch presentation claim): its return address, with words for it."""

from urllib.parse import urlencode, urlsplit, urlunsplit

_LONGEST_WORDS = 500


def back_with(
    return_url: str, *, msg: str | None = None, errormsg: str | None = None, errorlog: str | None = None
) -> str:
    """The address with these words. A query that is there stays as it is; ours comes after it."""
    words = {"lti_msg": msg, "lti_errormsg": errormsg, "lti_errorlog": errorlog}
    added = urlencode({name: text[:_LONGEST_WORDS] for name, text in words.items() if text})
    parts = urlsplit(return_url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))
